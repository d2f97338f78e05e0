using System.Globalization;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Judging.Predictions;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Workbench.Serving;

/// <summary>Completions to be rewarded, each with the fields of its sample, as trainers send them.</summary>
internal sealed class RewardBatch
{
    /// <summary>Most completions of one request.</summary>
    public const int MaximumCompletions = 16_384;

    private const int WorthThreads = 64;
    private readonly IReadOnlyList<(string Completion, PredictionRow Row)> items;
    private readonly IReadOnlyList<(IReward Reward, double Weight)>? rewards;

    private RewardBatch(IReadOnlyList<(string, PredictionRow)> items, IReadOnlyList<(IReward, double)>? rewards) =>
        (this.items, this.rewards) = (items, rewards);

    /// <summary>Number of completions.</summary>
    public int Count => items.Count;

    /// <summary>Whether the reasons are wanted.</summary>
    public bool Explain { get; private init; }

    /// <summary>Reads a request: <c>completions</c>, and beside it columns (a list with one entry a completion, or one value for all), or
    /// <c>samples</c> with one object a completion. <c>task</c>, a reference under any of its usual names, <c>width</c>, <c>height</c>,
    /// <c>frame</c>; <c>rewards</c> replaces the task's own.</summary>
    /// <param name="request">The body.</param>
    /// <param name="served">The rewards that it may name.</param>
    /// <exception cref="GeoVlmException">The request has not this shape.</exception>
    public static RewardBatch Read(JsonElement request, ServedRewards served)
    {
        var completions = Completions(request, "completions");
        var columns = new Dictionary<string, JsonElement>();
        foreach (var property in request.EnumerateObject())
        {
            if (property.Name is "completions" or "samples" or "rewards" or "explain" or "prompts")
                continue;
            if (property.Value.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() == completions.Count)
                columns[property.Name] = property.Value;
            else if (PredictionRow.Known(property.Name))
                throw new GeoVlmException(
                    $"\"{property.Name}\" has {property.Value.GetArrayLength()} entries for {completions.Count} completions; give one for each, or one value that is no list."
                );
        }
        var samples = Samples(request, completions.Count);
        var items = completions.Select(
            (completion, i) =>
            {
                var fields = columns.ToDictionary(c => c.Key, c => c.Value.ValueKind == JsonValueKind.Array ? c.Value[i] : c.Value);
                foreach (var field in samples is null ? [] : samples[i].EnumerateObject())
                    fields[field.Name] = field.Value;
                return (completion, new PredictionRow(i, fields));
            }
        );
        return new RewardBatch([.. items], Rewards(request, served))
        {
            Explain = request.TryGetProperty("explain", out var explain) && explain.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>Reads OpenRLHF's remote-reward request: <c>query</c>, <c>prompts</c>, <c>labels</c>;
    /// a label is a sample's object as JSON, or the bare reference.</summary>
    /// <param name="request">The body.</param>
    /// <param name="task">The task of labels that name none; null when all do.</param>
    /// <exception cref="GeoVlmException">The request has not this shape.</exception>
    public static RewardBatch ReadOpenRlhf(JsonElement request, string? task)
    {
        var queries = Completions(request, "query");
        var prompts = Completions(request, "prompts");
        var labels = Completions(request, "labels");
        if (prompts.Count != queries.Count || labels.Count != queries.Count)
            throw new GeoVlmException(
                $"query has {queries.Count} entries, prompts {prompts.Count} and labels {labels.Count}; they must be as many."
            );
        return new RewardBatch(
            [
                .. queries.Select(
                    (query, i) => (RewardText.AfterPrompt(query, prompts[i]), new PredictionRow(i, RewardText.Label(labels[i], task)))
                ),
            ],
            null
        );
    }

    /// <summary>Rewards each completion; what cannot be rewarded has a problem instead, and the others go on.</summary>
    /// <remarks>A reward that compares siblings, such as novelty, sees together the completions whose rows have one <c>id</c>.</remarks>
    public IReadOnlyList<RewardOutcome> Score(CancellationToken cancellation)
    {
        bool together = rewards is not null && rewards.Any(r => r.Reward is IGroupReward);
        int[][] groups =
        [
            .. items
                .Index()
                .GroupBy(i => together ? i.Item.Row.Id ?? $"\0{i.Index}" : $"\0{i.Index}", i => i.Index)
                .Select(g => g.ToArray()),
        ];
        var outcomes = new RewardOutcome[items.Count];
        void Fill(int group)
        {
            foreach (
                var (at, outcome) in groups[group]
                    .Zip(Score([.. groups[group].Select(i => items[i].Completion)], items[groups[group][0]].Row))
            )
                outcomes[at] = outcome;
        }
        // The calling thread takes part: with many requests at once no thread of the pool waits for another.
        if (items.Count >= WorthThreads)
            Parallel.For(0, groups.Length, new ParallelOptions { CancellationToken = cancellation }, Fill);
        else
            for (int group = 0; group < groups.Length; group++)
                Fill(group);
        return outcomes;
    }

    private RewardOutcome[] Score(IReadOnlyList<string> completions, PredictionRow row)
    {
        try
        {
            if (row.Text("task") is not { } name)
                throw new GeoVlmException("it has no \"task\"");
            var task = EoTaskNames.Parse(name);
            var (sample, frame) = new RowReader(new PredictionOptions(task), earthDial: false).ReadSample(
                row,
                row,
                row.Text("id") ?? $"completion {row.Line}",
                answersAreReferences: true
            );
            var rubric = RubricCatalogue.For(task);
            return
            [
                .. (rewards is null ? rubric : rubric.WithRewards([.. rewards]))
                    .JudgeGroup(completions, sample, frame)
                    .Select(j =>
                        j.Reward.Faults.FirstOrDefault() is { } fault
                            ? new RewardOutcome(null, null, fault)
                            : new RewardOutcome(j.Reward, j.Completion.Failure?.Reason, null)
                    ),
            ];
        }
        catch (Exception e) when (e is GeoVlmException or InvalidOperationException or JsonException)
        {
            return [.. completions.Select(_ => new RewardOutcome(null, null, e.Message))];
        }
    }

    private static List<string> Completions(JsonElement request, string name)
    {
        if (
            request.ValueKind != JsonValueKind.Object
            || !request.TryGetProperty(name, out var list)
            || list.ValueKind != JsonValueKind.Array
        )
            throw new GeoVlmException($"The body must be a JSON object with a list \"{name}\".");
        if (list.GetArrayLength() is 0 or > MaximumCompletions)
            throw new GeoVlmException($"\"{name}\" has {list.GetArrayLength()} entries; one request may have 1 to {MaximumCompletions}.");
        return
        [
            .. list.EnumerateArray()
                .Select(
                    (c, i) =>
                        RewardText.Of(c)
                        ?? throw new GeoVlmException(
                            $"\"{name}\"[{i}] is a JSON {c.ValueKind}; expected a text, or chat messages that end with the assistant's."
                        )
                ),
        ];
    }

    private static List<JsonElement>? Samples(JsonElement request, int count)
    {
        if (!request.TryGetProperty("samples", out var list))
            return null;
        if (
            list.ValueKind != JsonValueKind.Array
            || list.GetArrayLength() != count
            || list.EnumerateArray().Any(s => s.ValueKind != JsonValueKind.Object)
        )
            throw new GeoVlmException($"\"samples\" must be a list of {count} objects, one for each completion.");
        return [.. list.EnumerateArray()];
    }

    private static List<(IReward, double)>? Rewards(JsonElement request, ServedRewards served)
    {
        if (!request.TryGetProperty("rewards", out var chosen) || chosen.ValueKind == JsonValueKind.Null)
            return null;
        if (chosen.ValueKind == JsonValueKind.String)
            return
            [
                .. chosen
                    .GetString()!
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(part => Weighted(part, served)),
            ];
        if (chosen.ValueKind != JsonValueKind.Object)
            throw new GeoVlmException(
                "\"rewards\" must be an object of weights by name, {\"iou\": 1, \"format\": 0.3}, or a text \"iou:1,format:0.3\"."
            );
        return
        [
            .. chosen
                .EnumerateObject()
                .Select(w =>
                    (served.Find(w.Name), Finite(w.Name, w.Value.ValueKind == JsonValueKind.Number ? w.Value.GetDouble() : double.NaN))
                ),
        ];
    }

    private static (IReward, double) Weighted(string part, ServedRewards served)
    {
        string[] pair = part.Split(':', 2);
        return (
            served.Find(pair[0]),
            pair.Length == 1
                ? 1
                : Finite(part, double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double w) ? w : double.NaN)
        );
    }

    private static double Finite(string name, double weight) =>
        double.IsFinite(weight) && weight >= 0
            ? weight
            : throw new GeoVlmException($"The weight of reward '{name}' must be a number of at least 0.");
}

/// <summary>What became of one completion.</summary>
/// <param name="Reward">What it earned; null when there is a problem.</param>
/// <param name="Failure">Why its answer could not be read; null when it could.</param>
/// <param name="Problem">Why it could not be rewarded at all: the sample's fault, not the completion's.</param>
internal sealed record RewardOutcome(RewardBreakdown? Reward, string? Failure, string? Problem);
