using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using GeoVlm.Models.Native;

namespace GeoVlm.Learning.Runs;

/// <summary>Where a run took place, as <c>environment.json</c> keeps it: what one looks at when two runs differ.</summary>
public sealed record RunEnvironment
{
    /// <summary>When the run began, in UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Version of GeoVlm.</summary>
    public required string GeoVlm { get; init; }

    /// <summary>Commit of the folder that the program ran in; null outside a git repository.</summary>
    public string? GitCommit { get; init; }

    /// <summary>Whether that folder had changes that are not committed.</summary>
    public bool? GitDirty { get; init; }

    /// <summary>Version of .NET.</summary>
    public string Runtime { get; init; } = RuntimeInformation.FrameworkDescription;

    /// <summary>The operating system.</summary>
    public string System { get; init; } = RuntimeInformation.OSDescription;

    /// <summary>The processor's own name.</summary>
    public required string Processor { get; init; }

    /// <summary>Cores that the process may use.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Version of the NVIDIA driver; null where there is none.</summary>
    public string? Driver { get; init; } = DriverVersion();

    /// <summary>What libtorch says of itself: version, shim, threads, device.</summary>
    public required IReadOnlyDictionary<string, string> Torch { get; init; }

    /// <summary>Versions of the loaded assemblies that do not come with .NET.</summary>
    public required IReadOnlyDictionary<string, string> Packages { get; init; }

    /// <summary>Seed of prompt order and sampling.</summary>
    public ulong? Seed { get; init; }

    /// <summary>SHA-256 of the weights before the first step.</summary>
    public string? WeightsHash { get; init; }

    /// <summary>SHA-256 of the samples' ids, questions and references.</summary>
    public string? SamplesHash { get; init; }

    /// <summary>SHA-256 of the cells of the notebook that had run by then, this one included; null outside a notebook.</summary>
    public string? NotebookHash { get; init; }

    /// <summary>The source texts of rewards that were written in a notebook, by their names.</summary>
    public IReadOnlyDictionary<string, string> RewardSources { get; init; } = new Dictionary<string, string>();

    /// <summary>This process, here and now.</summary>
    public static RunEnvironment Now()
    {
        string? commit = Git("rev-parse HEAD");
        return new RunEnvironment
        {
            Started = DateTimeOffset.UtcNow,
            GeoVlm =
                typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                ?? "unknown",
            GitCommit = commit,
            GitDirty = commit is null ? null : Git("status --porcelain") is { Length: > 0 },
            Processor = ProcessorName(),
            Torch = TorchRuntime.Describe().ToDictionary(l => l.Label, l => l.Value),
            Packages = AppDomain
                .CurrentDomain.GetAssemblies()
                .Select(a => a.GetName())
                .Where(n =>
                    n.Name is { } name
                    && !name.StartsWith("System", StringComparison.Ordinal)
                    && name is not ("netstandard" or "mscorlib")
                    && n.Version is not null
                )
                .GroupBy(n => n.Name!)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.First().Version!.ToString()),
        };
    }

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        string? line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string? DriverVersion()
    {
        const string file = "/proc/driver/nvidia/version";
        return File.Exists(file) ? File.ReadLines(file).FirstOrDefault()?.Trim() : null;
    }

    // Null where there is no git or no repository: neither is a fault of the run.
    private static string? Git(string arguments)
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
            );
            if (git is null)
                return null;
            string output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? output : null;
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
