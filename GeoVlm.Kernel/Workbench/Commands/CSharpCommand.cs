namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!csharp</c>: what follows is C# again.</summary>
public sealed class CSharpCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!csharp";

    /// <inheritdoc />
    public IReadOnlyList<string> Aliases => ["#!c#", "#!C#"];

    /// <inheritdoc />
    public string Summary => "Goes back to C# after text in another language.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!html\n<b>bold</b>\n#!csharp\n1 + 1"];

    /// <inheritdoc />
    public string CSharp => "// the language of every cell that names none";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context) { }
}
