using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using Parquet;
using Parquet.Serialization;

namespace GeoVlm.Data.Saving;

/// <summary>How a dataset is written.</summary>
public enum SaveFormat
{
    /// <summary>Parquet in the layout of Hugging Face datasets: <c>data/train-00000-of-00001.parquet</c>, images in cells.</summary>
    Parquet,

    /// <summary>JSON lines of conversations (LLaVA style), one file a split, images in <c>images/</c>.</summary>
    Jsonl,
}

/// <summary>What was written.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Files">Each file of rows and the card, relative to the folder, with its SHA-256.</param>
/// <param name="Samples">Number of samples.</param>
/// <param name="Bytes">Bytes of all files, images included.</param>
public sealed record SavedDataset(string Folder, IReadOnlyDictionary<string, string> Files, int Samples, long Bytes)
{
    /// <summary>How much was written, for people: "12 samples in /data/out, 3.4 MB".</summary>
    public string Summary =>
        $"{Counted.Of(Samples, "sample")} in {Folder}, {(Bytes < 1e6 ? $"{Bytes / 1e3:0.0} kB" : $"{Bytes / 1e6:0.0} MB")}";
}

/// <summary>Writes datasets. Every row has plain columns for any other program, and one,
/// <c>geovlm</c>, from which the sample loads again exactly.</summary>
internal static class DatasetSaver
{
    /// <summary>The column that holds a <see cref="SavedSample"/>.</summary>
    public const string Column = "geovlm";

    private const int RowsPerGroup = 100;

    // By this Hugging Face datasets shows the images as images.
    private static readonly Dictionary<string, string> metadata = new()
    {
        ["huggingface"] = """
            {"info": {"features": {"id": {"dtype": "string", "_type": "Value"}, "task": {"dtype": "string", "_type": "Value"},
            "question": {"dtype": "string", "_type": "Value"}, "answer": {"dtype": "string", "_type": "Value"}, "images": [{"_type": "Image"}],
            "geovlm": {"dtype": "string", "_type": "Value"}}}}
            """,
    };

    private static readonly JsonSerializerOptions json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static SavedDataset Save(EoDataset dataset, string folder, SaveFormat format, CancellationToken cancellation)
    {
        if (File.Exists(folder))
            throw new GeoVlmException($"{folder} is a file; name a new folder");
        if (Directory.Exists(dataset.Source) && IsWithin(folder, dataset.Source))
            throw new GeoVlmException(
                $"{folder} lies in the dataset's own folder, where the copy would be taken for a part of it; name a folder beside {dataset.Source}"
            );
        bool isThere = Directory.Exists(folder);
        if (isThere && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new GeoVlmException(
                $"{folder} holds files already; name a new folder, so that nothing of them is mixed with what is saved"
            );
        if (dataset.Count == 0)
            throw new GeoVlmException(
                $"'{dataset.Name}' has no samples to save"
                    + (dataset.Problems is [var first, ..] ? $"; the first problem, at {first.Where}: {first.What}" : "")
            );
        try
        {
            return Written(dataset, folder, format, cancellation);
        }
        catch (Exception e)
        {
            // Half a dataset would load as a whole one.
            Remove(folder, isThere);
            if (e is IOException or UnauthorizedAccessException)
                throw new GeoVlmException($"{folder} cannot be written: {e.Message} Name another folder, or make room.", e);
            if (e is GeoVlmException)
                throw new GeoVlmException(
                    $"Nothing was saved, for one sample cannot be: {e.Message} To leave out every sample whose image cannot be read, "
                        + "load with --verify (in C#: dataset.VerifyImages()).",
                    e
                );
            throw;
        }
    }

    private static bool IsWithin(string folder, string other) =>
        (Path.GetFullPath(folder) + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(other)) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    private static void Remove(string folder, bool wasThere)
    {
        if (!Directory.Exists(folder))
            return;
        try
        {
            Directory.Delete(folder, recursive: true);
            if (wasThere)
                Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{folder} holds a part of the dataset and cannot be removed: {e.Message} Remove it yourself.", e);
        }
    }

    private static SavedDataset Written(EoDataset dataset, string folder, SaveFormat format, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, string> files = [];
        var numbers = new Dictionary<object, int>(ReferenceEqualityComparer.Instance);
        foreach (var split in dataset.Samples.GroupBy(s => FileName(s.Split)))
        {
            string name = format == SaveFormat.Parquet ? $"data/{split.Key}-00000-of-00001.parquet" : $"{split.Key}.jsonl",
                path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (format == SaveFormat.Parquet)
                WriteParquet(path, split, Number, cancellation);
            else
                WriteLines(path, folder, split, Number, cancellation);
            files[name] = Hash(path);
        }
        File.WriteAllText(Path.Combine(folder, "README.md"), DatasetCard.Write(dataset, format, files));
        files["README.md"] = Hash(Path.Combine(folder, "README.md"));
        long bytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        return new SavedDataset(Path.GetFullPath(folder), files, dataset.Count, bytes);

        int Number(object shared)
        {
            numbers.TryAdd(shared, numbers.Count);
            return numbers[shared];
        }
    }

    private static void WriteParquet(string path, IEnumerable<Sample> samples, Func<object, int> number, CancellationToken cancellation)
    {
        using var stream = File.Create(path);
        ParquetSerializer
            .SerializeAsync(samples.Select(Row), stream, new ParquetOptions { RowGroupSize = RowsPerGroup }, metadata, cancellation)
            .GetAwaiter()
            .GetResult();

        ParquetRow Row(Sample sample) =>
            new()
            {
                id = sample.Id,
                task = EoTaskNames.Of(sample.Task),
                question = sample.Question,
                answer = AnswerOf(sample.Reference),
                images =
                [
                    .. sample.Images.Select(i => new ParquetImage
                    {
                        bytes = Encode(i, out string ending),
                        path = Path.GetFileNameWithoutExtension(FileName(i.Name)) + ending,
                    }),
                ],
                geovlm = SavedSample.Of(sample, number).Write(),
            };
    }

    private static void WriteLines(
        string path,
        string folder,
        IEnumerable<Sample> samples,
        Func<object, int> number,
        CancellationToken cancellation
    )
    {
        Directory.CreateDirectory(Path.Combine(folder, "images"));
        var written = new Dictionary<GeoImage, string>(ReferenceEqualityComparer.Instance);
        var taken = Directory
            .EnumerateFiles(Path.Combine(folder, "images"))
            .Select(f => Path.GetFileName(f))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        using var lines = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (var sample in samples)
        {
            cancellation.ThrowIfCancellationRequested();
            string[] images = [.. sample.Images.Select(Write)];
            string markers = string.Concat(images.Select(_ => "<image>\n"));
            var record = new Dictionary<string, object> { ["id"] = sample.Id };
            // Trainers open what stands here: a sample without images has no such key.
            if (images.Length > 0)
                record["image"] = images.Length == 1 ? images[0] : images;
            record["conversations"] = new object[]
            {
                new Dictionary<string, string> { ["from"] = "human", ["value"] = markers + sample.Question },
                new Dictionary<string, string> { ["from"] = "gpt", ["value"] = AnswerOf(sample.Reference) },
            };
            record[Column] = SavedSample.Of(sample, number).Write();
            lines.WriteLine(JsonSerializer.Serialize(record, json));
        }

        string Write(GeoImage image)
        {
            if (written.TryGetValue(image, out string? known))
                return known;
            byte[] bytes = Encode(image, out string ending);
            string stem = Path.GetFileNameWithoutExtension(FileName(image.Name)),
                name = stem + ending;
            for (int i = 2; !taken.Add(name); i++)
                name = $"{stem}-{i}{ending}";
            File.WriteAllBytes(Path.Combine(folder, "images", name), bytes);
            return written[image] = $"images/{name}";
        }
    }

    // 8-bit pictures travel as the files they are; anything that was rendered travels as the pixels that the model sees.
    private static byte[] Encode(GeoImage image, out string ending)
    {
        ending = image.Path is { } path && image.Rendition is null ? Path.GetExtension(path).ToLowerInvariant() : ".png";
        if (ending is ".png" or ".jpg" or ".jpeg" && image.Path is { } file && image.Rendition is null)
            return File.ReadAllBytes(file);
        ending = ".png";
        return PictureFile.EncodePng(image.Load());
    }

    // Boxes in the source's own frame, as the source has them.
    private static string AnswerOf(Answer answer) =>
        AnswerText.Write(
            answer,
            answer switch
            {
                BoxesAnswer boxes => boxes.Frame,
                GroundedTextAnswer grounded => grounded.Boxes.Frame,
                _ => CoordinateFrame.Percent,
            }
        );

    private static string FileName(string text)
    {
        string name = new([.. text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')]);
        return name.Trim('.', '_') is { Length: > 0 } plain ? plain[..Math.Min(plain.Length, 120)] : "all";
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

#pragma warning disable IDE1006, CS1591 // The names of the properties are the names of the columns.
    internal sealed class ParquetRow
    {
        public string id { get; set; } = "";
        public string task { get; set; } = "";
        public string question { get; set; } = "";
        public string answer { get; set; } = "";
        public List<ParquetImage> images { get; set; } = [];
        public string geovlm { get; set; } = "";
    }

    internal sealed class ParquetImage
    {
        public byte[] bytes { get; set; } = [];
        public string path { get; set; } = "";
    }
#pragma warning restore IDE1006, CS1591
}
