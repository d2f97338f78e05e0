using System.Text.RegularExpressions;
using GeoVlm.Data.Checking;
using GeoVlm.Data.Readers;
using GeoVlm.Data.Saving;
using GeoVlm.Data.Tables;

namespace GeoVlm.Data;

/// <summary>A loaded dataset: its samples, and what was wrong with the source.</summary>
/// <param name="Name">What the user calls it.</param>
/// <param name="Reader">Name of the reader that made it.</param>
/// <param name="Samples">The usable samples, in source order.</param>
/// <param name="Problems">What was skipped or looks wrong; loading goes on past them.</param>
public sealed record EoDataset(string Name, string Reader, IReadOnlyList<Sample> Samples, IReadOnlyList<DatasetProblem> Problems)
{
    /// <summary>Number of usable samples.</summary>
    public int Count => Samples.Count;

    /// <summary>Where it comes from (a folder, or the recipe of a synthetic set).</summary>
    public string Source { get; init; } = "";

    /// <summary>Why this reader took it: what it saw in the folder, or that it was asked for.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Facts of the source that explain what was read and are no problem: records that it deletes itself, a split without
    /// any.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The licence that the source states; null where it states none.</summary>
    public string? Licence { get; init; }

    /// <summary>Loads a dataset from disk: a folder, or an annotation file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="reader">A name of <see cref="ReaderCatalogue"/>, or "auto" to recognise the layout.</param>
    /// <param name="options">Name, limit and safety; defaults when null.</param>
    /// <exception cref="GeoVlmException">The path does not exist, no reader recognises it, or nothing in it can be read.</exception>
    public static EoDataset Load(string path, string reader = "auto", ReadOptions? options = null) =>
        ReaderCatalogue.Load(path, reader, options);

    /// <summary>What it holds, in facts and figures; see <see cref="DatasetDescription"/>.</summary>
    public DatasetDescription Describe(DescriptionOptions? options = null) =>
        DatasetDescriber.Describe(this, options ?? new DescriptionOptions());

    /// <summary>Looks for what spoils training and evaluation: leakage between splits, empty
    /// answers, boxes outside, imbalance, pairs that do not match.</summary>
    public DatasetCheck Check(CheckOptions? options = null) => DatasetChecker.Check(this, options ?? new CheckOptions());

    /// <summary>Writes it to a new folder with its images and a card; <see cref="Load"/> reads the same samples back.</summary>
    /// <param name="folder">A folder that does not exist or is empty.</param>
    /// <param name="format">Parquet with the images in it, or JSON lines of conversations with image files beside them.</param>
    /// <param name="cancellation">Stops it; what has been written is removed.</param>
    /// <exception cref="GeoVlmException">The folder holds something or cannot be written, or an image cannot be read; then nothing
    /// is left behind.</exception>
    public SavedDataset Save(string folder, SaveFormat format = SaveFormat.Parquet, CancellationToken cancellation = default) =>
        DatasetSaver.Save(this, folder, format, cancellation);

    /// <summary>The <c>#!geo-load</c> line that makes it again; empty where it was made
    /// otherwise. A dataset filtered afterwards keeps it.</summary>
    public string LoadedBy { get; init; } = "";

    /// <summary>The tasks asked, with the number of samples of each.</summary>
    public IReadOnlyDictionary<EoTask, int> Tasks =>
        Samples.GroupBy(s => s.Task).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>The samples for which <paramref name="predicate"/> holds.</summary>
    public EoDataset Where(Func<Sample, bool> predicate) => this with { Samples = [.. Samples.Where(predicate)] };

    /// <summary>The samples of one task.</summary>
    public EoDataset OfTask(EoTask task) => Where(s => s.Task == task);

    /// <summary>The samples for which a condition in SQL holds: <c>Where("task = 'object-detection' and objects > 3")</c>.</summary>
    /// <param name="condition">What stands behind WHERE, over the columns of <see cref="ToDataFrame"/>.</param>
    /// <exception cref="GeoVlmException">The condition is no SQL, or names a column that there is not; the message says where.</exception>
    public EoDataset Where(string condition) =>
        this with
        {
            Samples = [.. SqlDatabase.RowsWhere(this, condition).Select(row => Samples[row])],
        };

    /// <summary>The first <paramref name="count"/> samples.</summary>
    public EoDataset Head(int count = 6) => this with { Samples = [.. Samples.Take(count)] };

    /// <summary><paramref name="count"/> samples drawn without replacement, in the order
    /// drawn; all of them, shuffled, where there are fewer.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed draws the same samples in every process.</param>
    public EoDataset Sample(int count = int.MaxValue, ulong seed = 0) =>
        this with
        {
            Samples =
            [
                .. Samples.Select((s, i) => (s, At: Seed.Derive(seed, "sample", i))).OrderBy(s => s.At).Take(count).Select(s => s.s),
            ],
        };

    /// <summary>The part that the source calls so, or <see cref="HeldOut.Train"/> and
    /// <see cref="HeldOut.Heldout"/> divided by image; see <see cref="DatasetSplits"/>.</summary>
    /// <exception cref="GeoVlmException">There is no such split.</exception>
    public EoDataset Split(string name, ulong seed = 0) => DatasetSplits.Part(this, name, seed);

    /// <summary>Every split of the source by its name; train and heldout, divided by image, where it has none.</summary>
    public IReadOnlyDictionary<string, EoDataset> Split() => DatasetSplits.All(this);

    /// <summary>One row a sample: id, task, split, question, answer, image, size, objects, and
    /// the source's attributes. Reads the header of every image.</summary>
    public DataFrame ToDataFrame() => DatasetFrame.Of(this, withHeaders: true, default);

    /// <summary>One row an object of an image: sample, image, label, corners in original pixels.</summary>
    public DataFrame ToObjectsFrame() => DatasetFrame.Objects(this);

    /// <summary>The rows of <see cref="ToDataFrame"/> in Arrow's memory layout.</summary>
    public Apache.Arrow.RecordBatch ToArrow() => ToDataFrame().ToArrow();

    /// <summary>Decodes every image once; samples whose image cannot be decoded move to
    /// <see cref="Problems"/>. Takes as long as reading it all.</summary>
    /// <param name="strict">Makes the first such image an error.</param>
    /// <exception cref="GeoVlmException">It is strict, and an image cannot be decoded.</exception>
    public EoDataset VerifyImages(bool strict = false)
    {
        var errors = new Dictionary<GeoImage, string?>(ReferenceEqualityComparer.Instance);
        return this with
        {
            Samples = [.. Samples.Where(s => s.Images.All(i => Error(i) is null))],
            Problems =
            [
                .. Problems,
                .. errors
                    .Where(e => e.Value is not null)
                    .Select(e => new DatasetProblem(e.Key.Name, e.Value!) { Kind = ProblemKind.UnreadableImage }),
            ],
        };

        string? Error(GeoImage image)
        {
            if (errors.TryGetValue(image, out string? known))
                return known;
            try
            {
                image.Load();
                return errors[image] = null;
            }
            catch (GeoVlmException e) when (!strict)
            {
                return errors[image] = e.Message;
            }
        }
    }
}

/// <summary>Something wrong with one item of a source.</summary>
/// <param name="Where">File, and line or record, as the user would look it up; relative to the dataset's root.</param>
/// <param name="What">What was found, against what was expected, and how to mend it.</param>
public sealed partial record DatasetProblem(string Where, string What)
{
    /// <summary>What sort of thing it is.</summary>
    public ProblemKind Kind { get; init; }

    /// <summary>The file (or record) without the line.</summary>
    public string File => LineNumber().Match(Where) is { Success: true } line ? Where[..line.Index] : Where;

    /// <summary>The line or row, from 1; null where the problem is with the whole file.</summary>
    public int? Line =>
        LineNumber().Match(Where) is { Success: true } line && int.TryParse(line.Groups[1].ValueSpan, out int number) ? number : null;

    /// <summary>What to do about it: the advice in <see cref="What"/>, which follows the finding; empty where there is none.</summary>
    public string Cure => Finding().Match(What) is { Success: true } finding ? What[finding.Length..].Trim() : "";

    [GeneratedRegex(@"(?::|, line | line )(\d+)$")]
    private static partial Regex LineNumber();

    // The finding ends at the first semicolon or full stop that a blank follows.
    [GeneratedRegex(@"^.*?[;.](?= )", RegexOptions.Singleline)]
    private static partial Regex Finding();
}
