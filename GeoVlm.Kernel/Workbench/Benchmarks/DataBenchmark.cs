using System.Diagnostics;
using System.Text;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Models.Qwen25Vl;
using SkiaSharp;

namespace GeoVlm.Workbench.Benchmarks;

/// <summary>Indexing of instruction rows, decoding of pictures, windows of a large GeoTIFF.</summary>
public sealed class DataBenchmark : IBenchmark
{
    private const int JpegSide = 512,
        SceneSide = 32768,
        WindowSide = 512;

    /// <inheritdoc/>
    public string Name => "data";

    /// <inheritdoc/>
    public string Summary => "index instruction rows, decode pictures on one core, read a window of a 1 GB GeoTIFF";

    /// <inheritdoc/>
    public IReadOnlyList<Measurement> Run(bool quick, Action<string> progress, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("geovlm-bench-").FullName;
        try
        {
            List<Measurement> measured = [];
            progress("100,000 instruction rows");
            measured.AddRange(Rows(folder, quick ? 1 : 3));
            cancellation.ThrowIfCancellationRequested();
            progress("JPEG 512 x 512");
            measured.AddRange(Pictures(folder, quick ? 50 : 400));
            cancellation.ThrowIfCancellationRequested();
            progress("decoding beside a model");
            measured.Add(Overlap(folder));
            progress("a window of a 1 GB GeoTIFF");
            measured.AddRange(Window(folder));
            return measured;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Measurement> Rows(string folder, int times)
    {
        const int rows = 100_000,
            images = 1000;
        string root = Directory.CreateDirectory(Path.Combine(folder, "rows")).FullName;
        for (int i = 0; i < images; i++)
            File.WriteAllBytes(Path.Combine(root, $"{i}.png"), []); // indexing opens none
        using (var lines = new StreamWriter(Path.Combine(root, "train.jsonl"), append: false, new UTF8Encoding(false)))
            for (int i = 0; i < rows; i++)
                lines.WriteLine(
                    $$"""{"id": "{{i}}", "image": "{{i % images}}.png", "conversations": [{"from": "human", "value": "<image>\nHow many ships are there in picture {{i}}?"}, {"from": "gpt", "value": "{{i % 17}}"}]}"""
                );
        double best = double.PositiveInfinity,
            cpu = double.PositiveInfinity,
            held = 0;
        for (int i = 0; i < times; i++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            var busy = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            var dataset = EoDataset.Load(root);
            cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - busy).TotalSeconds);
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
            held = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
            if (dataset.Count != rows)
                throw new GeoVlmException(
                    $"{dataset.Count} rows were indexed, {rows} were written: {dataset.Problems.FirstOrDefault()?.What}"
                );
        }
        yield return new($"100,000 instruction rows indexed, best of {times}", best, "s", "at most 1.5 s", best <= 1.5);
        yield return new("the same in processor time, whatever else runs", cpu, "s");
        yield return new("memory that the index holds", held, "MB", "below 300 MB", held < 300);
    }

    private static IEnumerable<Measurement> Pictures(string folder, int count)
    {
        string path = Path.Combine(folder, "scene.jpg");
        var scene = new RgbImage(JpegSide, JpegSide);
        // Smooth ground with some grain: compresses about as aerial pictures do.
        for (int y = 0; y < JpegSide; y++)
        for (int x = 0; x < JpegSide; x++)
        for (int c = 0; c < 3; c++)
            scene.Pixels[scene.Offset(x, y) + c] = (byte)(
                110 + 60 * Math.Sin(x / 37.0 + c) * Math.Cos(y / 53.0) + (Seed.Mix((ulong)(x * JpegSide + y)) & 31)
            );
        using (var png = SKBitmap.Decode(PictureFile.EncodePng(scene)))
        using (var jpeg = png.Encode(SKEncodedImageFormat.Jpeg, 90))
            File.WriteAllBytes(path, jpeg.ToArray());
        var preprocessor = new ImagePreprocessor();
        var image = GeoImage.Deferred("scene", path);
        float[] values = preprocessor.Values(image.Load());
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < count; i++)
            image.Load();
        double decode = count / watch.Elapsed.TotalSeconds;
        var busy = Environment.CpuUsage.TotalTime;
        watch.Restart();
        for (int i = 0; i < count; i++)
            Encode();
        double all = count / watch.Elapsed.TotalSeconds;
        double perSecond = count / (Environment.CpuUsage.TotalTime - busy).TotalSeconds;
        yield return new("JPEG 512 x 512 decoded, one core", decode, "images/s");
        yield return new("JPEG 512 x 512 decoded, resized, normalised, one core", all, "images/s", "at least 200", all >= 200);
        yield return new("the same for each second of processor time, whatever else runs", perSecond, "images/s");

        void Encode() => preprocessor.WriteValues(image.Load(), values);
    }

    // A model that leaves the processor alone, as one on a GPU does, for as long as a batch takes to decode.
    private static Measurement Overlap(string folder)
    {
        const int batch = 8,
            batches = 12;
        string path = Path.Combine(folder, "scene.jpg");
        Sample[] samples =
        [
            .. Enumerable
                .Range(0, batch * batches)
                .Select(i => new Sample($"{i}", EoTask.ImageCaption, [GeoImage.Deferred("scene", path)], "", new TextAnswer(""))),
        ];
        var watch = Stopwatch.StartNew();
        foreach (var sample in samples)
            sample.Images[0].Load();
        var decode = watch.Elapsed;
        var model = decode / batches;
        var ahead = new ImagesAhead();
        watch.Restart();
        for (int b = 0; b < batches; b++)
        {
            ahead.Start(samples.Skip(b * batch).Take(2 * batch));
            foreach (var sample in samples.AsSpan(b * batch, batch))
                sample.Images[0].Load();
            Thread.Sleep(model);
        }
        double share = watch.Elapsed / (2 * decode);
        return new("decoding beside a model: wall time over the sum of both", share, "×", "at most 0.75", share <= 0.75);
    }

    private static IEnumerable<Measurement> Window(string folder)
    {
        string path = Path.Combine(folder, "scene.tif");
        WriteScene(path);
        var raster = Raster.Open(path);
        var watch = Stopwatch.StartNew();
        raster.Read([0], new PixelWindow(20_000, 30_000, WindowSide, WindowSide), 0, out long bytes);
        double needed = bytes / (double)(WindowSide * WindowSide);
        yield return new("window of 512 x 512 in a 1 GB GeoTIFF", watch.Elapsed.TotalMilliseconds, "ms");
        yield return new("bytes read for each byte of the window", needed, "×", "at most 1.5", needed <= 1.5);
    }

    // One uncompressed strip of 2^30 bytes that are never written: the file system keeps no room for them.
    private static void WriteScene(string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        (ushort Tag, uint Value)[] tags =
        [
            (256, SceneSide),
            (257, SceneSide),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, 4096),
            (277, 1),
            (278, SceneSide),
            (279, 1u << 30),
        ];
        file.Write("II*\0"u8);
        file.Write(8u);
        file.Write((ushort)tags.Length);
        foreach (var (tag, value) in tags)
        {
            file.Write(tag);
            file.Write((ushort)4);
            file.Write(1u);
            file.Write(value);
        }
        file.Write(0u);
        file.BaseStream.SetLength(4096L + (1L << 30));
    }
}
