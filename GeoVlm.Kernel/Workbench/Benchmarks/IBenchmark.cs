namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Measures one room of the house on this machine: <c>bench NAME</c>.</summary>
public interface IBenchmark
{
    /// <summary>What <c>bench</c> calls it: one lower-case word.</summary>
    string Name { get; }

    /// <summary>One line for help.</summary>
    string Summary { get; }

    /// <summary>Measures, in a few minutes at most.</summary>
    /// <param name="quick">Fewer repetitions, for a first look.</param>
    /// <param name="progress">Receives a line when a measurement begins; never the results.</param>
    /// <param name="cancellation">Stops between measurements.</param>
    IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation);
}

/// <summary>One measured quantity.</summary>
/// <param name="Name">What was measured: "decode, batch 8, greedy".</param>
/// <param name="Value">The figure; the best or the median of the repetitions, as <paramref name="Name"/> says.</param>
/// <param name="Unit">"ms", "tok/s", "MB", "×".</param>
/// <param name="Goal">What it should reach, as text; empty where there is none.</param>
/// <param name="Met">Whether it does; null without a goal that this machine alone can decide.</param>
public sealed record Measurement(string Name, double Value, string Unit, string Goal = "", bool? Met = null);
