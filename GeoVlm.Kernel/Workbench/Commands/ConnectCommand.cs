using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!connect jupyter</c>: another installed Jupyter kernel as a cell language, as in Polyglot Notebooks.</summary>
public sealed class ConnectCommand : IMagicCommand
{
    /// <inheritdoc />
    public string Name => "#!connect";

    /// <inheritdoc />
    public string Summary => "Makes an installed Jupyter kernel a language of this notebook, chosen by its own selector.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("kind", "What to connect to.", Required: true) { Choices = ["jupyter"] },
        new("--kernel-spec", "Name of the installed kernel: what `jupyter kernelspec list` shows.", Default: "python3"),
        new("--kernel-name", "Name of the selector: `python` gives #!python.", Default: "python"),
    ];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!connect --help"];

    /// <inheritdoc />
    public string CSharp => "// other kernels are reached by their selectors only";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        string name = arguments.Required("--kernel-name");
        KernelConnections.Of(context).Connect(name, arguments.Required("--kernel-spec"));
        context.Host.Stream(
            StreamKind.Stdout,
            $"#!{name} runs on the kernel {arguments.Required("--kernel-spec")}; it starts with its first cell.\n"
        );
    }
}
