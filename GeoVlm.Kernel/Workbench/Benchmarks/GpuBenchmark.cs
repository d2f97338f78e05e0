using GeoVlm.Learning.Speed;
using GeoVlm.Models;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>The model engine on a CUDA device: decoding and a LoRA step of a random model of the shape of Qwen2.5-VL-3B.</summary>
public sealed class GpuBenchmark : IBenchmark
{
    private const int New = 64,
        Completion = 325,
        Group = 8,
        Groups = 8;

    /// <inheritdoc/>
    public string Name => "gpu";

    /// <inheritdoc/>
    public string Summary => "decoding and a LoRA step of a 3B-shaped model on a CUDA device";

    /// <summary>What the model computes in.</summary>
    public NumberType Type { get; init; } = NumberType.Float32;

    /// <inheritdoc/>
    /// <exception cref="GeoVlmException">There is no CUDA device.</exception>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        if (!SpeedProbe.HasGpu)
        {
            throw new GeoVlmException(
                "bench gpu: this libtorch sees no CUDA device. Build with -p:TorchBackend=cuda on a machine with an NVIDIA GPU whose driver is "
                    + "new enough (environment.md), or measure the CPU with 'bench model'."
            );
        }
        progress("making the model");
        using var probe = new SpeedProbe(
            SpeedShape.ThreeBillion,
            ModelFolder.Find("tiny", Environment.CurrentDirectory),
            onGpu: true,
            adapterRank: 16,
            Type
        );
        int rounds = quick ? 2 : 4;
        double Best(string what, Func<double> measure)
        {
            progress(what);
            return Enumerable
                .Range(0, rounds)
                .TakeWhile(_ => !cancellation.IsCancellationRequested)
                .Select(_ => measure())
                .DefaultIfEmpty(double.NaN)
                .Min();
        }
        double bandwidth = 1 / Best("memory bandwidth", () => 1 / probe.Bandwidth()),
            roofline = 1 / Best("matmul roofline", () => 1 / probe.Roofline(8192));
        List<Measurement> all =
        [
            new("parameters", probe.ParameterCount / 1e6, "M"),
            new("memory bandwidth", bandwidth, "GB/s"),
            new("matmul roofline, 8192³", roofline / 1e3, "TFLOP/s"),
            new("prefill 1×1024", Best("prefill", () => probe.Prefill(1024)), "ms"),
            new("vision tower 448²", Best("vision tower", () => probe.Vision(448)), "ms"),
        ];
        foreach (int batch in (int[])[1, 8, 64])
        {
            double step = Best($"decode, batch {batch}", () => probe.Decode(batch, New, sampled: true).PerStep);
            bool largest = batch == 64;
            all.Add(
                new(
                    $"decode, batch {batch}, sampled",
                    1e3 * batch / step,
                    "tok/s",
                    largest ? "at least 2000 on an H200" : "",
                    largest ? 1e3 * batch / step >= 2000 : null
                )
            );
            all.Add(new($"decode, batch {batch}, share of memory bandwidth", probe.DecoderBytes / step / 1e6 / bandwidth, ""));
        }
        double rollout = Best("roll-out", () => probe.Decode(Group * Groups, Completion, sampled: true).Whole);
        double update =
            Best(
                "update",
                () => probe.Update(Group, Completion) is var (forward, backward, optimizer) ? forward + backward + optimizer / Groups : 0
            ) * Groups;
        double seconds = (rollout + update) / 1e3;
        all.Add(
            new($"LoRA step, {Group * Groups} completions × {Completion} tokens", seconds, "s", "at most 24 on an H200", seconds <= 24)
        );
        return all;
    }
}
