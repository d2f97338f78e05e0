namespace GeoVlm.Workbench.Commands;

/// <summary>A magic command: <c>#!geo-load synthetic --split train --as train</c>.</summary>
public interface IMagicCommand
{
    /// <summary>With its prefix: <c>#!geo-load</c>.</summary>
    string Name { get; }

    /// <summary>Other names that work the same; none for most.</summary>
    IReadOnlyList<string> Aliases => [];

    /// <summary>One line for help.</summary>
    string Summary { get; }

    /// <summary>The positional arguments and options, in the order help shows them.</summary>
    IReadOnlyList<MagicOption> Options { get; }

    /// <summary>Lines that work in a fresh session, in order; a test runs them.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>The same in plain C#, shown by help.</summary>
    string CSharp { get; }

    /// <summary>Runs it. Long work looks at <see cref="CommandContext.Cancellation"/>.</summary>
    /// <exception cref="GeoVlmException">What the user can mend.</exception>
    void Run(MagicArguments arguments, CommandContext context);
}

/// <summary>One argument of a magic command.</summary>
/// <param name="Name">"--count", or a bare "dataset" for a positional argument.</param>
/// <param name="Summary">One line for help, with unit, range and default.</param>
/// <param name="Kind">How its text is read.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Default">The text used when it is not given; null for none.</param>
public sealed record MagicOption(
    string Name,
    string Summary,
    MagicOptionKind Kind = MagicOptionKind.Text,
    bool Required = false,
    string? Default = null
)
{
    /// <summary>The values that make sense, when they can be listed; an unknown one is refused with the nearest.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Whether the command itself reads <c>@name</c>, instead of getting the text of the variable.</summary>
    public bool IsLiteral { get; init; }

    /// <summary>What joins the pieces where its text is a list, which may also be given piece by piece, <c>--vary "beta=0|1"
    /// --vary "group=4|8"</c> or <c>#!geo-compare a b</c>; null where it is one value.</summary>
    public char? Joint { get; init; }

    /// <summary>Whether it is given by position rather than by name.</summary>
    public bool IsPositional => !Name.StartsWith('-');
}

/// <summary>How the text of an option is read.</summary>
public enum MagicOptionKind
{
    /// <summary>As it stands.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A decimal number.</summary>
    Number,

    /// <summary>Present or absent; takes no value.</summary>
    Flag,
}
