using GeoVlm.Learning;
using GeoVlm.Learning.Runs;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>Completions with what they earned, best first; in a page with scripts every header sorts.</summary>
/// <param name="Rows">The completions.</param>
public sealed record RolloutsView(IReadOnlyList<RolloutRow> Rows) : IRenderable
{
    /// <summary>Rows that are shown; the rest is counted.</summary>
    public int MostRows { get; init; } = 64;

    /// <summary>Characters of a completion that are shown.</summary>
    public int MostCharacters { get; init; } = 240;

    /// <summary>The rollouts of a judged group.</summary>
    public RolloutsView(JudgedGroup group)
        : this([
            .. group.Group.Rollouts.Select(
                (r, i) =>
                    new RolloutRow(
                        i,
                        r.Text,
                        group.Judgements[i].Reward.Total,
                        [.. group.Judgements[i].Reward.Parts.Select(p => (p.Name, p.Value))],
                        group.Advantages[i],
                        r.TokenIds.Count,
                        r.Finish.ToString().ToLowerInvariant()
                    )
            ),
        ]) { }

    /// <summary>The rollouts that a run kept.</summary>
    public RolloutsView(IEnumerable<RolloutRecord> records)
        : this([
            .. records.Select(
                (r, i) =>
                    new RolloutRow(i, r.Completion, r.Reward, [.. r.Rewards.Select(p => (p.Key, p.Value))], r.Advantage, r.Tokens, r.Finish)
            ),
        ]) { }

    /// <inheritdoc/>
    public MimeBundle Render() => Describe().ToBundle(900, pngBudget: 100_000);

    /// <summary>The table as a block.</summary>
    internal Block Describe()
    {
        string[] parts = [.. Rows.SelectMany(r => r.Parts.Select(p => p.Name)).Distinct().Take(6)];
        bool hasAdvantage = Rows.Any(r => r.Advantage is not null);
        double most = Rows.Select(r => Math.Abs(r.Advantage ?? 0)).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var shown = Rows.OrderByDescending(r => r.Reward).Take(MostRows).ToArray();
        var rows = shown.Select(row => new List<Cell>([
            new($"{row.Number}", true),
            new(Number.Write(row.Reward, "0.000"), true),
            .. parts.Select(p =>
                row.Parts.Where(q => q.Name == p).Select(q => (double?)q.Value).FirstOrDefault() is { } v
                    ? new Cell(Number.Write(v, "0.00")) { Bar = v }
                    : new Cell("–")
            ),
            .. hasAdvantage
                ?
                [
                    new Cell(row.Advantage is { } a ? Number.Signed(a, "0.00") : "–", true)
                    {
                        Tint = ColourScale.Signed(row.Advantage ?? 0, most),
                    },
                ]
                : Array.Empty<Cell>(),
            new($"{row.Tokens}", true),
            new(row.Finish),
            new(HtmlText.Truncate(row.Completion, MostCharacters)),
        ]));
        var table = new TableBlock(
            ["#", "reward", .. parts, .. hasAdvantage ? ["advantage"] : Array.Empty<string>(), "tokens", "finish", "completion"],
            [.. rows],
            barWidth: 44
        )
        {
            RowReferences = [.. shown.Select(r => r.Number)],
        };
        Block live = new LiveBlock("table", null, table);
        return Rows.Count <= MostRows ? live : new StackBlock(live, new TextBlock($"… and {Rows.Count - MostRows} more with less reward"));
    }
}

/// <summary>One completion in plain values.</summary>
/// <param name="Number">What the table calls it, from 0.</param>
/// <param name="Completion">What the model wrote. Untrusted.</param>
/// <param name="Reward">What it earned in all.</param>
/// <param name="Parts">The parts of the reward before their weights, 0 to 1.</param>
/// <param name="Advantage">How it compares with its siblings; null where that is not known.</param>
/// <param name="Tokens">Tokens of the completion.</param>
/// <param name="Finish">Why it ended: "stop" or "length".</param>
public sealed record RolloutRow(
    int Number,
    string Completion,
    double Reward,
    IReadOnlyList<(string Name, double Value)> Parts,
    double? Advantage = null,
    int Tokens = 0,
    string Finish = ""
);
