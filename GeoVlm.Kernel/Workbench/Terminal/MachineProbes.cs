using System.CommandLine;
using System.Runtime.InteropServices;
using GeoVlm.Workbench.Jupyter;
using SkiaSharp;

namespace GeoVlm.Workbench.Terminal;

/// <summary>The probes that need nothing of this program but itself.</summary>
public static class MachineProbes
{
    /// <summary>.NET, its SDK, processors, fonts, Jupyter and the kernel in it.</summary>
    public static IReadOnlyList<Probe> All { get; } =
    [
        new(".NET", true, () => $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}"),
        new("SDK", false, DescribeSdk),
        new("threads", true, () => $"{Environment.ProcessorCount} processors"),
        new("drawing", true, DescribeDrawing),
        new("Jupyter", false, DescribeJupyter),
        new("kernel", false, DescribeKernel),
    ];

    private static string DescribeSdk()
    {
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string sdk = Path.Combine(root, "sdk");
        string[] versions = Directory.Exists(sdk)
            ? [.. Directory.GetDirectories(sdk).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
            : [];
        return versions.Length > 0
            ? $"{string.Join(", ", versions)} in {root}"
            : throw new GeoVlmException($"none in {root}; only building needs it. Install the .NET 10 SDK to change this program.");
    }

    private static string DescribeDrawing()
    {
        try
        {
            int families = SKFontManager.Default.FontFamilyCount;
            return $"SkiaSharp {SkiaSharpVersion.Native}; {families} font families of the system";
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException)
        {
            throw new GeoVlmException(
                $"SkiaSharp's native library does not load: {(error.InnerException ?? error).Message} Restore the packages for this platform.",
                error
            );
        }
    }

    private static string DescribeJupyter() =>
        OnPath("jupyter-lab")
        ?? OnPath("jupyter-notebook")
        ?? OnPath("jupyter")
        ?? throw new GeoVlmException(
            $"not on PATH; notebooks still run in VS Code, and with: {Program} run. Install JupyterLab for the browser."
        );

    private static string DescribeKernel()
    {
        string folder = KernelSpec.Folder(null);
        return File.Exists(Path.Combine(folder, "kernel.json"))
            ? folder
            : throw new GeoVlmException($"not in {folder}. Install it with: {Program} jupyter install");
    }

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".exe" : program))
            .FirstOrDefault(File.Exists);

    // What the user typed: the installed tool has a name of its own.
    private static string Program =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is { } name and not "dotnet" ? name : RootCommand.ExecutableName;
}
