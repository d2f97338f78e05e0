using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>What the cells of an ablation brought, metric by metric, with paired 95 % intervals over seeds and samples.</summary>
/// <param name="Rows">One row for each cell and metric.</param>
/// <param name="Finished">Finished runs.</param>
/// <param name="Planned">Runs of the plan.</param>
public sealed record AblationTable(IReadOnlyList<AblationTableRow> Rows, int Finished, int Planned) : IRenderable
{
    /// <summary>What runs now; empty when nothing does.</summary>
    public string Status { get; init; } = "";

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        string runs = $"{Finished} of {Planned} runs{(Status.Length > 0 ? $"; now {Status}" : "")}.";
        if (Rows.Count == 0)
            return new TextBlock(runs).ToBundle(760);
        bool severalTasks = Rows.DistinctBy(r => r.Task).Count() > 1;
        string note =
            $"{runs} Brackets: 95 % intervals, paired, drawing seeds and samples alike. Tinted: the interval excludes 0. "
            + "\"reward\" is what the run was trained on; the other metrics are the same for all.";
        return new StackBlock(
            new TableBlock(
                [
                    "trained with",
                    .. severalTasks ? ["task"] : Array.Empty<string>(),
                    "metric",
                    "seeds",
                    "n",
                    "before",
                    "after",
                    "change",
                    "against the first",
                ],
                [.. Rows.Select((r, i) => ToCells(r, severalTasks, repeats: i > 0 && Rows[i - 1].Cell == r.Cell))]
            ),
            new TextBlock(note, size: 12)
        ).ToBundle(severalTasks ? 1100 : 960);
    }

    private static Cell[] ToCells(AblationTableRow row, bool severalTasks, bool repeats) =>
        [
            new(repeats ? "" : row.Cell),
            .. severalTasks ? [new Cell(repeats ? "" : row.Task)] : Array.Empty<Cell>(),
            new(row.Metric),
            new($"{row.Seeds}", true),
            new($"{row.Samples}", true),
            new(Number.Write(row.Before, "0.000"), true),
            new(
                $"{Number.Write(row.After.Mean, "0.000")} [{Number.Write(row.After.Low, "0.000")}, {Number.Write(row.After.High, "0.000")}]",
                true
            ),
            Signed(row.Change),
            row.AgainstFirst is { } other ? Signed(other) : new(""),
        ];

    private static Cell Signed(Estimate e) =>
        new(
            $"{Number.Signed(e.Mean, "0.000")} [{Number.Signed(e.Low, "0.000")}, {Number.Signed(e.High, "0.000")}]{(e.Low > 0 ? " ▲" : e.High < 0 ? " ▼" : "")}",
            true
        )
        {
            Highlight =
                e.Low > 0 ? Palette.Green
                : e.High < 0 ? Palette.Vermillion
                : null,
        };
}

/// <summary>A metric of a cell.</summary>
/// <param name="Cell">What was trained.</param>
/// <param name="Task">The task.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Seeds">Seeds.</param>
/// <param name="Samples">Held-out samples.</param>
/// <param name="Before">Mean before training.</param>
/// <param name="After">Mean after, over seeds.</param>
/// <param name="Change">After − before.</param>
/// <param name="AgainstFirst">After here − after in the first cell; null for that cell itself.</param>
public sealed record AblationTableRow(
    string Cell,
    string Task,
    string Metric,
    int Seeds,
    int Samples,
    double Before,
    Estimate After,
    Estimate Change,
    Estimate? AgainstFirst
);
