using System.Diagnostics;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!sh</c>: Runs a shell script, where GEOVLM_ALLOW_SHELL=1 was set before the kernel started.</summary>
public sealed class ShellCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!sh";

    /// <inheritdoc />
    public IReadOnlyList<string> Aliases => ["#!bash"];

    /// <inheritdoc />
    public string Summary => "Runs a shell script, where GEOVLM_ALLOW_SHELL=1 was set before the kernel started.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!sh --help"];

    /// <inheritdoc />
    public string CSharp => "Process.Start(\"sh\", [\"-c\", \"ls\"]).WaitForExit();";

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        if (Environment.GetEnvironmentVariable("GEOVLM_ALLOW_SHELL") != "1")
            throw new GeoVlmException(
                "#!sh is off, so that a notebook from elsewhere runs no commands by surprise. Set GEOVLM_ALLOW_SHELL=1 before the kernel starts."
            );
        using Process shell = Process.Start(
            new ProcessStartInfo("sh", ["-s"])
            {
                WorkingDirectory = context.WorkingFolder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        using CancellationTokenRegistration stop = context.Cancellation.Register(() => shell.Kill(entireProcessTree: true));
        shell.OutputDataReceived += (_, line) => Show(StreamKind.Stdout, line.Data);
        shell.ErrorDataReceived += (_, line) => Show(StreamKind.Stderr, line.Data);
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        shell.StandardInput.Write(body);
        shell.StandardInput.Close();
        shell.WaitForExit();
        context.Cancellation.ThrowIfCancellationRequested();
        if (shell.ExitCode != 0)
            throw new GeoVlmException($"#!sh: the script ended with exit code {shell.ExitCode}.");

        void Show(StreamKind stream, string? line)
        {
            if (line is not null)
                context.Host.Stream(stream, line + "\n");
        }
    }
}
