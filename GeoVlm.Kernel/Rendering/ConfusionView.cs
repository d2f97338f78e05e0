using GeoVlm.Judging.Metrics.Counts;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>A confusion matrix: how often each true class was called what, tinted by the share of its row.</summary>
/// <param name="Matrix">The counts, [true class, predicted class].</param>
/// <param name="Names">Names of the classes.</param>
public sealed record ConfusionView(ConfusionMatrix Matrix, IReadOnlyList<string> Names) : IRenderable
{
    // Beyond these, columns have the number of their class in place of its name, which would not fit a page.
    private const int MostNamedColumns = 8,
        MostClasses = 30;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        int n = Math.Min(Matrix.Classes, MostClasses);
        bool numbered = n > MostNamedColumns;
        var rows = Enumerable
            .Range(0, n)
            .Select(t =>
            {
                long support = Matrix.Support(t);
                return new List<Cell>([
                    new(numbered ? $"{t + 1} {Name(t)}" : Name(t)) { IsWhole = numbered },
                    .. Enumerable
                        .Range(0, n)
                        .Select(p => new Cell(Matrix.Counts[t, p] == 0 ? "·" : $"{Matrix.Counts[t, p]}", true)
                        {
                            Tint = support == 0 ? null : (p == t ? Palette.Blue : Palette.Vermillion, 0.6 * Matrix.Counts[t, p] / support),
                        }),
                    new($"{support}", true),
                    new(Number.Write(Matrix.Of(t).Recall ?? double.NaN, "0.00"), true),
                ]);
            });
        string summary =
            $"accuracy {Number.Write(Matrix.Accuracy ?? double.NaN, "0.000")} · balanced {Number.Write(Matrix.BalancedAccuracy ?? double.NaN, "0.000")} · macro F1 {Number.Write(Matrix.MacroF1OfPresent ?? double.NaN, "0.000")} · kappa {Number.Write(Matrix.Kappa ?? double.NaN, "0.000")} · n {Matrix.Total}";
        return new StackBlock(
            new TableBlock(
                ["true \\ predicted", .. Enumerable.Range(0, n).Select(c => numbered ? $"{c + 1}" : Name(c)), "n", "recall"],
                [.. rows]
            ),
            new LegendBlock(
                new LegendItem("right (share of the row)", Palette.Blue, LegendKind.Fill) { Opacity = 0.6 },
                new LegendItem("confused", Palette.Vermillion, LegendKind.Fill) { Opacity = 0.6 }
            ),
            new TextBlock(
                summary + (Matrix.Classes > n ? $" · the first {n} of {Matrix.Classes} classes are shown" : ""),
                size: TypeScale.Caption
            )
        ).ToBundle(900);
    }

    private string Name(int index) => HtmlText.Truncate(index < Names.Count ? Names[index] : $"class {index}", 24);
}
