using System.Collections;
using GeoVlm.Data;
using GeoVlm.Data.Tables;
using GeoVlm.Judging;
using GeoVlm.Judging.Rewards;
using GeoVlm.Learning;
using GeoVlm.Rendering.Blocks;
using GeoVlm.Rendering.Charts;

namespace GeoVlm.Rendering;

/// <summary>Turns any value that a cell returns into a display. It never throws: what a value throws is shown.</summary>
public static class ValueRenderer
{
    private const int MostCharacters = 32_000_000;

    /// <summary>The types that are drawn, rather than described, for hosts that ask type by type.</summary>
    internal static IReadOnlyList<Type> DrawnTypes { get; } =
    [
        typeof(IRenderable),
        typeof(EoDataset),
        typeof(DataFrame),
        typeof(Sample),
        typeof(GeoImage),
        typeof(RgbImage),
        typeof(JudgedGroup),
        typeof(EvaluationReport),
        typeof(IReadOnlyCollection<StepRecord>),
        typeof(RewardBreakdown),
    ];

    /// <summary>The representations of a value; <see cref="IRenderable"/> draws itself, anything else is described.</summary>
    /// <remarks>Of a sequence the first 50 items are shown, whatever its length.</remarks>
    public static MimeBundle Render(object? value)
    {
        try
        {
            return value switch
            {
                IRenderable renderable => renderable.Render(),
                MimeBundle bundle => bundle,
                EoDataset dataset => new DatasetSummary(dataset).Render(),
                DataFrame frame => Frame(frame).Render(),
                Sample sample => new SampleCard(sample).Render(),
                GeoImage image => new BoxOverlay(image).Render(),
                RgbImage image => new BoxOverlay(GeoImage.FromMemory("image", image)).Render(),
                JudgedGroup group => new GroupView(group).Render(),
                EvaluationReport report => new IntervalChart(
                    "Means with their 95 % intervals",
                    "value",
                    [.. report.Rows.Select(r => ($"{EoTaskNames.Of(r.Task)}: {r.Metric}", new Estimate(r.Mean, r.Low, r.High)))]
                ).Render(),
                IReadOnlyCollection<StepRecord> { Count: > 0 } steps => new TrainingDashboard(
                    [.. steps.Select(TrainingPoint.Of)],
                    steps.Max(s => s.Step)
                ).Render(),
                RewardBreakdown reward => Rewards(reward),
                string text => MimeBundle.OfText(WithoutHalves(HtmlText.Truncate(text, MostCharacters))),
                Exception exception => OfException(exception),
                IDictionary map => Listing(["key", "value"], map, ValueText.Items(map)),
                IEnumerable sequence => Listing(["", "item"], sequence, ValueText.Items(sequence)),
                not null when ValueText.IsPlainData(value) => Properties(value),
                _ => MimeBundle.OfText(WithoutHalves(ValueText.Write(value))),
            };
        }
        catch (Exception exception)
        {
            return OfException(exception);
        }
    }

    private static Table Frame(DataFrame frame) =>
        new([.. frame.Columns.Select(c => c.Name)], [.. Enumerable.Range(0, Math.Min(frame.Count, ValueText.MostItems)).Select(frame.Row)])
        {
            Title =
                $"{frame.Count:N0} rows, {frame.Columns.Count} columns{(frame.Count > ValueText.MostItems ? $"; the first {ValueText.MostItems}" : "")}",
        };

    // Plain text may hold any character that the wire can carry, colour codes of a terminal too; half a surrogate pair it cannot carry.
    private static string WithoutHalves(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : string.Concat(text.EnumerateRunes());

    // A user's error is its message; anything else is a bug, and its stack is what helps.
    private static MimeBundle OfException(Exception exception)
    {
        string text = exception is GeoVlmException ? exception.Message : $"{ValueText.Write(exception)}\n{exception.StackTrace}".TrimEnd();
        text = HtmlText.Truncate(text, MostCharacters);
        return new(
            new Dictionary<string, string>
            {
                [MimeBundle.Html] =
                    $"<pre style=\"white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid {Palette.Vermillion};padding:2px 10px;margin:0;background:none;color:inherit\">{HtmlText.Encode(text)}</pre>",
                [MimeBundle.Text] = HtmlText.Clean(text),
            }
        );
    }

    private static MimeBundle Properties(object value)
    {
        var rows = ValueText
            .Properties(value)
            .Where(p => p.Name != "EqualityContract")
            .Select(p => new Cell[] { new(p.Name), ToCell(p.Value) });
        string name = value.GetType().Name.Contains("AnonymousType") ? "" : value.GetType().Name;
        return Html(new TableBlock([name, ""], [.. rows]), ValueText.Write(value));
    }

    private static MimeBundle Listing(IReadOnlyList<string> headers, object whole, (IReadOnlyList<object?> Items, bool More) found)
    {
        var rows = found
            .Items.Select(
                (item, i) =>
                    item is DictionaryEntry entry
                        ? new Cell[] { new(ValueText.Write(entry.Key)), ToCell(entry.Value) }
                        : [new($"{i}", true), ToCell(item)]
            )
            .ToList();
        if (found.More)
            rows.Add([new("…"), new($"more than {ValueText.MostItems}")]);
        // The text is built of the items that were read: walking the sequence again could give others, or run its effects twice.
        string text = whole is ICollection ? ValueText.Write(whole) : ValueText.Write(found.Items.ToArray()) + (found.More ? " …" : "");
        return Html(new TableBlock(headers, rows), text);
    }

    private static Cell ToCell(object? value) =>
        new(
            HtmlText.Truncate(ValueText.Write(value), 500),
            value is sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal
        );

    private static MimeBundle Rewards(RewardBreakdown reward) =>
        new Table(
            ["reward", "weight", "value", "why"],
            [
                ["total", null, new TableBar(reward.Total, Math.Max(1e-9, reward.Parts.Sum(p => Math.Abs(p.Weight)))), ""],
                .. reward.Parts.Select(p => new object?[] { p.Name, p.Weight, new TableBar(p.Value), p.Reason }),
            ]
        ).Render();

    private static MimeBundle Html(Block block, string text)
    {
        var html = new System.Text.StringBuilder();
        block.WriteHtml(html);
        return new(new Dictionary<string, string> { [MimeBundle.Html] = html.ToString(), [MimeBundle.Text] = HtmlText.Clean(text) });
    }
}
