using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>What a loaded dataset holds: numbers, what was wrong with the source, and thumbnails with reference boxes.</summary>
/// <param name="Dataset">The dataset.</param>
public sealed partial record DatasetSummary(EoDataset Dataset) : IRenderable
{
    /// <summary>Number of thumbnails; they are spread over the tasks.</summary>
    public int Thumbnails { get; init; } = 8;

    /// <summary>Number of problems that are listed; the rest is counted.</summary>
    public int MostProblems { get; init; } = 5;

    // Headers are read from disk; a summary is not worth opening a hundred thousand files.
    private const int MostHeaders = 2000;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var blocks = new List<Block>
        {
            new TextBlock($"{Dataset.Name}: {Dataset.Count:N0} samples", size: 15, bold: true),
            new TableBlock(["", ""], Facts()),
        };
        if (Dataset.Problems.Count > 0)
        {
            var rows = Dataset.Problems.Take(MostProblems).Select(p => new Cell[] { new(HtmlText.Truncate(p.Where, 120)), new(HtmlText.Truncate(p.What, 300)) });
            blocks.Add(new TableBlock(["problem in", "found"], [.. rows]));
            if (Dataset.Problems.Count > MostProblems) blocks.Add(new TextBlock($"… and {Dataset.Problems.Count - MostProblems:N0} more problems"));
        }
        if (Dataset.Count > 0 && Thumbnails > 0) blocks.Add(Gallery.Of(Spread(), Thumbnails).Describe());
        return new StackBlock(blocks).ToBundle(760, pngBudget: 100_000);
    }

    /// <summary>An enumeration name as words: "referred detection".</summary>
    internal static string Words(EoTask task) => Capitals().Replace(task.ToString(), " $1").Trim().ToLowerInvariant();

    private List<Cell[]> Facts()
    {
        var rows = new List<Cell[]>();
        void Add(string name, string value) => rows.Add([new(name), new(HtmlText.Truncate(value, 300))]);
        Add("reader", Dataset.Reader);
        if (Dataset.Source.Length > 0) Add("source", Dataset.Source);
        Add("tasks", string.Join(", ", Dataset.Tasks.Select(t => $"{Words(t.Key)} {t.Value:N0}")));
        var images = Dataset.Samples.SelectMany(s => s.Images).Distinct(ReferenceEqualityComparer.Instance).Cast<GeoImage>()
            .Take(MostHeaders).Where(i => i.Problem is null).ToArray();
        Add(images.Length < MostHeaders ? "images" : $"first {MostHeaders:N0} images", Sizes(images));
        double[] distances = [.. images.Select(i => i.GroundSampleDistanceMetres).OfType<double>().Distinct().Order()];
        Add("ground sample distance", distances.Length switch
        {
            0 => "unknown",
            1 => $"{Number.Write(distances[0])} m",
            _ => $"{Number.Write(distances[0])} to {Number.Write(distances[^1])} m",
        });
        var renditions = images.Select(i => i.Rendition).OfType<string>().Distinct().Take(3).ToArray();
        if (renditions.Length > 0) Add("shown as", string.Join("; ", renditions));
        Add("problems", Dataset.Problems.Count == 0 ? "none" : $"{Dataset.Problems.Count:N0}");
        return rows;
    }

    private static string Sizes(GeoImage[] images)
    {
        var sizes = images.CountBy(i => (i.Width, i.Height)).OrderByDescending(s => s.Value).ToArray();
        string listed = string.Join(", ", sizes.Take(3).Select(s => $"{s.Key.Width} × {s.Key.Height} px ({s.Value:N0})"));
        return $"{images.Length:N0}: {listed}{(sizes.Length > 3 ? $" and {sizes.Length - 3} other sizes" : "")}";
    }

    // One of each task in turn, so that a dataset sorted by task still shows them all.
    private IEnumerable<Sample> Spread()
    {
        var byTask = Dataset.Samples.GroupBy(s => s.Task).Select(g => g.Take(Thumbnails).ToArray()).ToArray();
        for (int i = 0; i < Thumbnails; i++)
            foreach (var samples in byTask)
                if (i < samples.Length) yield return samples[i];
    }

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Capitals();
}
