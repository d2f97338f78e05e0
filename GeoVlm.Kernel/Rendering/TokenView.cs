using System.Text.Json.Nodes;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>A completion token by token, coloured by log-probability, entropy or advantage.</summary>
/// <remarks>The still picture shows log-probability: the less likely, the stronger. A page with scripts can colour by any of the
/// three.</remarks>
/// <param name="Tokens">The tokens with their numbers.</param>
public sealed record TokenView(IReadOnlyList<TokenNumbers> Tokens) : IRenderable
{
    private const int MostTokens = 1000;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        if (Tokens.Count == 0)
            return new TextBlock("no tokens").ToBundle(300);
        var shown = Tokens.Take(MostTokens).ToArray();
        bool hasEntropy = shown.All(t => t.Entropy is not null),
            hasAdvantage = shown.All(t => t.Advantage is not null);
        string[] names =
        [
            "log-probability",
            .. hasEntropy ? ["entropy"] : Array.Empty<string>(),
            .. hasAdvantage ? ["advantage"] : Array.Empty<string>(),
        ];
        var values = shown
            .Select(t =>
                new[] { t.LogProb }
                    .Concat(hasEntropy ? [t.Entropy!.Value] : [])
                    .Concat(hasAdvantage ? [t.Advantage!.Value] : [])
                    .Select(v => double.IsFinite(v) ? v : 0)
                    .ToArray()
            )
            .ToArray();
        double[] most = [.. Enumerable.Range(0, names.Length).Select(k => Math.Max(1e-6, values.Max(v => Math.Abs(v[k]))))];
        var spans = shown.Select(
            (token, i) =>
                new Span(token.Text)
                {
                    Colour = Palette.Purple,
                    Opacity = 0.55 * Math.Min(1, Math.Abs(values[i][0]) / most[0]),
                    Values = values[i],
                    Title = string.Join(" · ", names.Select((n, k) => $"{n} {Number.Write(values[i][k], "0.000")}")),
                }
        );
        var data = new JsonObject
        {
            ["names"] = new JsonArray([.. names.Select(n => JsonValue.Create(n))]),
            ["most"] = MatchingView.Numbers(most, 6),
            ["signed"] = new JsonArray([.. names.Select(n => JsonValue.Create(n == "advantage"))]),
            ["colours"] = new JsonArray(Palette.Blue, Palette.Vermillion, Palette.Purple),
        };
        double mean = values.Average(v => v[0]);
        string summary =
            $"{Tokens.Count} tokens · mean log-probability {Number.Write(mean, "0.000")} (perplexity {Number.Write(Math.Exp(-mean), "0.00")})"
            + (hasEntropy ? $" · mean entropy {Number.Write(values.Average(v => v[1]), "0.000")} nats" : "")
            + (Tokens.Count > MostTokens ? $" · the first {MostTokens} are shown" : "");
        return new StackBlock(
            new LiveBlock("tokens", data, new SpansBlock([.. spans])),
            new LegendBlock(
                new LegendItem("certain", Palette.Purple, LegendKind.Fill) { Opacity = 0.08 },
                new LegendItem($"log-probability {Number.Write(-most[0], "0.0")}", Palette.Purple, LegendKind.Fill) { Opacity = 0.55 }
            ),
            new TextBlock(summary, size: TypeScale.Caption)
        ).ToBundle(680);
    }
}

/// <summary>One token of a completion.</summary>
/// <param name="Text">Its text. Untrusted.</param>
/// <param name="LogProb">Natural log-probability, at most 0.</param>
/// <param name="Entropy">Entropy of the distribution it was drawn from, in nats; null where it was not kept.</param>
/// <param name="Advantage">The advantage it was trained with; null for none.</param>
public sealed record TokenNumbers(string Text, double LogProb, double? Entropy = null, double? Advantage = null);
