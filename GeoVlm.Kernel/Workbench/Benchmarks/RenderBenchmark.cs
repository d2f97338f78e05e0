using System.Diagnostics;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Synthetic;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Drawing what a cell shows: HTML, static picture and text together.</summary>
public sealed class RenderBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "render";

    /// <inheritdoc/>
    public string Summary => "draw a sample card, a gallery of 64 and 10,000 boxes";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        var samples = SyntheticDataset.Create(new SyntheticOptions { Count = 64, Tasks = [EoTask.ReferredDetection] }).Samples;
        // Decoded once: what is measured is drawing, and these scenes are painted when they are asked for.
        samples =
        [
            .. samples.Select(s =>
                s with
                {
                    Images = [GeoImage.FromMemory(s.Images[0].Name, s.Images[0].Load(), s.Images[0].GroundSampleDistanceMetres)],
                }
            ),
        ];
        var image = samples[0].Images[0];
        var random = new SeededRandom(1);
        var frame = CoordinateFrame.Original(image.Width, image.Height);
        var boxes = new BoxesAnswer(
            [
                .. Enumerable
                    .Range(0, 10_000)
                    .Select(_ =>
                        Box.FromXywh(random.Next(image.Width), random.Next(image.Height), 1 + random.Next(20), 1 + random.Next(20))
                    )
                    .Select(b => new LabelledBox(b, "car")),
            ],
            frame
        );
        var few = new BoxesAnswer([.. boxes.Objects.Take(20)], frame);
        int repeats = quick ? 3 : 9;
        var results = new List<Measurement>();
        Add("sample card", 30, "ms", new SampleCard(samples[1]));
        Add("matching view, 20 boxes", 0, "", new MatchingView(image, few, few));
        Add("gallery of 64 images", 1000, "ms", Gallery.Of(samples, 64));
        Add("10,000 boxes on one image", 1000, "ms", new BoxOverlay(image, Prediction: boxes));
        return results;

        void Add(string name, double most, string unit, IRenderable value)
        {
            cancellation.ThrowIfCancellationRequested();
            progress(name);
            var bundle = value.Render(); // warm: code compiled, images decoded once
            var times = new double[repeats];
            for (int i = 0; i < repeats && !cancellation.IsCancellationRequested; i++)
            {
                long start = Stopwatch.GetTimestamp();
                value.Render();
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            Array.Sort(times);
            double median = times[repeats / 2];
            results.Add(new(name + ", median", median, "ms", most > 0 ? $"at most {most} {unit}" : "", most > 0 ? median <= most : null));
            results.Add(new(name + ", output", bundle.Data.Values.Sum(v => v.Length) / 1000.0, "kB"));
        }
    }
}
