using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Figures of another program on the same work: lines <c>name unit min a med b max c</c> of what a shell command prints.</summary>
internal sealed partial class ReferenceTimes(string command)
{
    private readonly Dictionary<string, double> best = [];

    /// <summary>The best figure of that name over all runs: the largest rate, the smallest time; 0 when there is none.</summary>
    public double this[string name] => best.GetValueOrDefault(name);

    /// <summary>A command, or that of the environment variable <c>GEOVLM_REFERENCE</c>; null where there is neither.</summary>
    public static ReferenceTimes? Of(string? command) =>
        (command ?? Environment.GetEnvironmentVariable("GEOVLM_REFERENCE")) is { Length: > 0 } given ? new(given) : null;

    /// <summary>Runs the command and keeps what is better than before.</summary>
    /// <exception cref="GeoVlmException">It cannot be started, fails, or prints no figure.</exception>
    public void Run(Action<string> progress, CancellationToken cancellation)
    {
        progress($"reference: {command}");
        using var process =
            Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })
            ?? throw new GeoVlmException($"the reference's command '{command}' does not start.");
        using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        int figures = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (Figure().Match(line) is not { Success: true } match)
                continue;
            figures++;
            var (name, rate) = (match.Groups["name"].Value.Trim(), match.Groups["unit"].Value.EndsWith("/s", StringComparison.Ordinal));
            double value = double.Parse(match.Groups[rate ? "max" : "min"].Value, CultureInfo.InvariantCulture);
            best[name] =
                !best.TryGetValue(name, out double before) ? value
                : rate ? Math.Max(before, value)
                : Math.Min(before, value);
        }
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0 || figures == 0)
            throw new GeoVlmException(
                $"the reference's command '{command}' ended with {process.ExitCode} and {figures} figures; it must print lines 'name  ms  min 1.0 med 1.1 max 1.2'."
            );
    }

    [GeneratedRegex(@"^(?<name>.+?)\s+(?<unit>ms|s|tok/s)\s+min (?<min>[\d.]+) med [\d.]+ max (?<max>[\d.]+)")]
    private static partial Regex Figure();
}
