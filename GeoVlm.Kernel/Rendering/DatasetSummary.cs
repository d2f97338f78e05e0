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

    /// <summary>Bars of the size histogram that are drawn.</summary>
    public int MostSizes { get; init; } = 8;

    /// <summary>Number of problems that are listed; the rest is counted.</summary>
    public int MostProblems { get; init; } = 5;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var description = Dataset.Describe();
        var blocks = new List<Block>
        {
            new TextBlock($"{Dataset.Name}: {Dataset.Count:N0} samples", size: 15, bold: true),
            new TableBlock(
                ["", ""],
                [.. description.Facts().Select(f => new Cell[] { new(f.Name), new(HtmlText.Truncate(f.Value, 300)) })]
            ),
        };
        if (description.Images.Sizes is { Count: > 1 } sizes)
        {
            double most = sizes[0].Count;
            var bars = sizes
                .Take(MostSizes)
                .Select(s =>
                    new Cell[]
                    {
                        new($"{s.Width} × {s.Height}"),
                        new($"{s.Count:N0}") { Bar = s.Count / most },
                    }
                );
            blocks.Add(new TableBlock(["size, pixels", "images"], [.. bars]));
        }
        if (description.Problems.Count > 0)
        {
            var rows = description
                .Problems.Take(MostProblems)
                .Select(p => new Cell[] { new(HtmlText.Truncate(p.Where, 120)), new(HtmlText.Truncate(p.What, 300)) });
            blocks.Add(new TableBlock(["problem in", "found"], [.. rows]));
            if (description.Problems.Count > MostProblems)
                blocks.Add(new TextBlock($"… and {description.Problems.Count - MostProblems:N0} more problems"));
        }
        if (Dataset.Count > 0 && Thumbnails > 0)
            blocks.Add(Gallery.Of(Spread(), Thumbnails).Describe());
        return new StackBlock(blocks).ToBundle(760, pngBudget: 100_000);
    }

    /// <summary>An enumeration name as words: "referred detection".</summary>
    internal static string Words(EoTask task) => Capitals().Replace(task.ToString(), " $1").Trim().ToLowerInvariant();

    // One of each task in turn, so that a dataset sorted by task still shows them all.
    private IEnumerable<Sample> Spread()
    {
        var byTask = Dataset.Samples.GroupBy(s => s.Task).Select(g => g.Take(Thumbnails).ToArray()).ToArray();
        for (int i = 0; i < Thumbnails; i++)
            foreach (var samples in byTask)
                if (i < samples.Length)
                    yield return samples[i];
    }

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Capitals();
}
