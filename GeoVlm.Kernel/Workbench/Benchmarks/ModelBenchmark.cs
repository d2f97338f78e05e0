using System.Diagnostics;
using GeoVlm.Learning.Speed;
using GeoVlm.Models;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>The model engine on a random model of 82 million parameters on all physical cores.</summary>
/// <remarks>
/// Figures are the best of the repetitions, which alternate, so that a busy moment does not fall on one of them alone. A
/// <see cref="Reference"/> runs once before and once after, and the ratios of the best figures are added.
/// </remarks>
public sealed class ModelBenchmark : IBenchmark
{
    private const int New = 64,
        Prompt = 128,
        Group = 8;

    /// <inheritdoc/>
    public string Name => "model";

    /// <inheritdoc/>
    public string Summary => "prefill, decoding, GRPO step and vision tower of an 82 M model; ratios to a reference (--reference)";

    /// <summary>What the model computes in.</summary>
    public NumberType Type { get; init; } = NumberType.Float32;

    /// <summary>Shell command of another program that does the same work and prints lines "name unit min a med b max c"; null is that of
    /// the environment variable <c>GEOVLM_REFERENCE</c>, if any.</summary>
    public string? Reference { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        int rounds = quick ? 3 : 8;
        var reference = ReferenceTimes.Of(Reference);
        reference?.Run(progress, cancellation);
        progress("making the model");
        using var probe = new SpeedProbe(SpeedShape.Small, ModelFolder.Find("tiny", Environment.CurrentDirectory), type: Type);
        Dictionary<string, double> best = [];
        void Keep(string name, double milliseconds) =>
            best[name] = Math.Min(milliseconds, best.GetValueOrDefault(name, double.PositiveInfinity));
        for (int round = 0; round < rounds && !cancellation.IsCancellationRequested; round++)
        {
            progress($"round {round + 1} of {rounds}");
            for (int i = 0; i < 8; i++)
                Keep("roofline", 1 / probe.Roofline());
            for (int i = 0; i < 3; i++)
            {
                Keep("prefill", probe.Prefill(Prompt));
                Keep("vision", probe.Vision(224));
            }
            foreach (int batch in (int[])[1, Group])
            foreach (bool sampled in (bool[])[false, true])
            {
                var (whole, step) = probe.Decode(batch, New, sampled);
                Keep(Decode(batch, sampled), step / batch);
                Keep(Decode(batch, sampled) + ", whole call", whole);
            }
            var (forward, backward, optimizer) = probe.Update(Group, New);
            Keep("forward", forward);
            Keep("backward", backward);
            Keep("optimizer", optimizer);
            Keep("update", forward + backward + optimizer);
        }
        double peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
        double roofline = 1 / best["roofline"];
        List<Measurement> all =
        [
            new("parameters", probe.ParameterCount / 1e6, "M"),
            new("threads", SpeedProbe.Threads, ""),
            new("matmul roofline, 1024³", roofline, "GFLOP/s"),
            new($"prefill 1×{Prompt}", best["prefill"], "ms"),
            .. from batch in (int[])[1, Group]
            from sampled in (bool[])[false, true]
            let name = Decode(batch, sampled)
            from m in (Measurement[])
                [
                    new(name, 1e3 / best[name], "tok/s"),
                    new($"{name}, with the prompt", 1e3 * batch * New / best[$"{name}, whole call"], "tok/s"),
                ]
            select m,
            new($"GRPO {Group}×{New}: roll-out", best[$"{Decode(Group, true)}, whole call"], "ms"),
            new($"GRPO {Group}×{New}: forward and loss", best["forward"], "ms"),
            new($"GRPO {Group}×{New}: backward", best["backward"], "ms"),
            new($"GRPO {Group}×{New}: optimizer", best["optimizer"], "ms"),
            new($"GRPO {Group}×{New}: whole update", best["update"], "ms"),
            new("vision tower 224²", best["vision"], "ms"),
            new(
                "forward and backward, share of roofline",
                UpdateFlops(Group, New) / 1e6 / (best["forward"] + best["backward"]) / roofline,
                ""
            ),
            new("peak memory", peak, "MB"),
        ];
        foreach (var (group, tokens) in ((int, int)[])[(2, 64), (16, 64), (8, 32), (8, 128)])
        {
            if (cancellation.IsCancellationRequested)
                break;
            progress($"growth: {group}×{tokens}");
            double update = Enumerable
                .Range(0, quick ? 1 : 3)
                .Min(_ => probe.Update(group, tokens) is var t ? t.Forward + t.Backward + t.Optimizer : 0);
            double rollout = Enumerable.Range(0, quick ? 1 : 3).Min(_ => probe.Decode(group, tokens, sampled: true).Whole);
            all.AddRange([
                new($"GRPO {group}×{tokens}: roll-out", rollout, "ms"),
                new($"GRPO {group}×{tokens}: whole update", update, "ms"),
            ]);
        }
        if (reference is null)
            return all;
        reference.Run(progress, cancellation);
        return [.. all, .. Ratios(reference, best)];
    }

    private static string Decode(int batch, bool sampled) => $"decode, batch {batch}, {(sampled ? "sampled" : "greedy")}";

    /// <summary>Products of the decoder's matrices and head, with their two backward
    /// products; attention and the embedding left out.</summary>
    private static double UpdateFlops(int group, int tokens) =>
        3 * 2d * ((Prompt + group * tokens) * 8d * (512 * (512 * 2 + 256) + 3 * 512 * 1536) + group * tokens * 512d * 32768);

    private static IEnumerable<Measurement> Ratios(ReferenceTimes reference, Dictionary<string, double> best)
    {
        Measurement Faster(string name, string theirs, double goal) =>
            reference[theirs] is var rate && rate > 0 && 1e3 / best[name] / rate is var ratio
                ? new($"{name}: tok/s over the reference's {rate:0.#}", ratio, "×", $"at least {goal}", ratio >= goal)
                : new($"{name}: the reference has no '{theirs}'", 0, "×");
        Measurement Quicker(string name, string theirs, double goal) =>
            reference[theirs] is var time && time > 0 && best[name] / time is var ratio
                ? new($"{name}: time over the reference's {time:0.#} ms", ratio, "×", $"at most {goal}", ratio <= goal)
                : new($"{name}: the reference has no '{theirs}'", 0, "×");
        foreach (int batch in (int[])[1, Group])
        {
            yield return Faster(Decode(batch, false), $"generate 64 new, batch {batch}, greedy: decode only", 1.5);
            yield return Faster(Decode(batch, true), $"generate 64 new, batch {batch}, sample T=1: decode only", 1.5);
        }
        const string sampling = "generate 64 new, batch 8, sample T=1: whole call",
            updating = "GRPO update 8x(128+64) full text weights: total";
        yield return Quicker("prefill", "prefill b1x128 (last logit only, with cache)", 1);
        yield return Quicker("update", updating, 0.5);
        if (reference[sampling] is var rate and > 0 && reference[updating] is var update and > 0)
        {
            double theirs = 1e3 * Group * New / rate + update,
                ratio = (best[$"{Decode(Group, true)}, whole call"] + best["update"]) / theirs;
            yield return new($"roll-out and update: time over the reference's {theirs:0.#} ms", ratio, "×", "at most 0.5", ratio <= 0.5);
        }
        yield return Quicker("vision", "vision tower 224x224 forward (256 patches)", 1);
    }
}
