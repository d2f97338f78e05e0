using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!javascript</c>: Runs JavaScript in the page, with the values that `#!share` put there; what it returns is shown, and cannot
/// be shared from there.</summary>
public sealed class JavaScriptCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!javascript";

    /// <inheritdoc />
    public IReadOnlyList<string> Aliases => ["#!js"];

    /// <inheritdoc />
    public string Summary =>
        "Runs JavaScript in the page, with the values that `#!share` put there; what it returns is shown, and cannot be shared from there.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!javascript\nreturn [1, 2, 3].map(n => n * 2);"];

    /// <inheritdoc />
    public string CSharp => "display(HTML(\"<script>…</script>\"));";

    /// <inheritdoc />
    public bool TakesDirectives => true;

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        if (!string.IsNullOrWhiteSpace(body))
            context.Host.Display(context.Keep(() => new JavaScriptValues()).Page(body));
    }
}
