namespace GeoVlm.Workbench.Commands;

/// <summary>A magic command that takes the text below it, whatever language it is in, up
/// to the next line that names a language: <c>#!html</c>.</summary>
public interface IBodyCommand : IMagicCommand
{
    /// <summary>Whether magic lines may stand in its text (<c>#!share</c> in F#), rather than be part of it.</summary>
    bool TakesDirectives => false;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">The arguments of its own line.</param>
    /// <param name="body">The lines below it.</param>
    /// <param name="context">What it may use of the session.</param>
    /// <exception cref="GeoVlmException">What the user can mend.</exception>
    void RunBody(MagicArguments arguments, string body, CommandContext context);

    /// <inheritdoc />
    void IMagicCommand.Run(MagicArguments arguments, CommandContext context) => RunBody(arguments, "", context);
}
