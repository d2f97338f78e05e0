using System.Text;
using GeoVlm.Data;
using GeoVlm.Judging;
using GeoVlm.Learning.Runs;
using GeoVlm.Models;

namespace GeoVlm.Workbench.Exporting;

/// <summary>The README.md of a published model: what it is, what it learnt from and
/// for what, how good it is and how that is known.</summary>
/// <param name="Policy">The model.</param>
/// <param name="BaseModel">What it was made of, as others can find it; null where that is unknown.</param>
/// <param name="Merged">Whether the adapter is merged into the weights.</param>
internal sealed record ModelCard(Policy Policy, string? BaseModel, bool Merged)
{
    /// <summary>What it was trained on; null where that is unknown.</summary>
    public EoDataset? Data { get; init; }

    /// <summary>How it was trained; null where that is unknown.</summary>
    public RunManifest? Run { get; init; }

    /// <summary>How good it is; null where nobody looked.</summary>
    public EvaluationReport? Report { get; init; }

    /// <summary>Where it was made.</summary>
    public RunEnvironment Environment { get; init; } = RunEnvironment.Now();

    /// <summary>The card as Markdown with the YAML head that model hubs read.</summary>
    public string ToMarkdown()
    {
        bool adapter = Policy.Model.Adapter is not null && !Merged;
        var text = new StringBuilder("---\n");
        text.Append($"library_name: {(adapter ? "peft" : "transformers")}\npipeline_tag: image-text-to-text\n");
        if (BaseModel is not null)
            text.Append($"base_model: {System.Text.Json.JsonSerializer.Serialize(BaseModel)}\n");
        text.Append("tags:\n- earth-observation\n- remote-sensing\n- grpo\n---\n\n");
        text.Append($"# {Cell(Policy.Name)}\n\n");
        text.Append(
            adapter
                ? $"A LoRA adapter ({Policy.Model.Adapter!.Config.Describe()}, {Policy.Model.Adapter.ParameterCount:N0} parameters)"
                : $"A vision-language model of {Policy.Model.ParameterCount:N0} parameters in Hugging Face layout"
        );
        text.Append(
            $"{(BaseModel is null ? "" : $" on {Cell(BaseModel)}")}, post-trained with GeoVlm on Earth-observation tasks with verifiable rewards.\n\n"
        );
        AppendData(text);
        AppendTraining(text);
        AppendResults(text);
        text.Append("## Environment\n\n");
        text.Append(
            $"GeoVlm {Environment.GeoVlm}, {Environment.Runtime}, {Environment.System}, {Cell(Environment.Processor)}; {string.Join(", ", Environment.Torch.Select(t => $"{t.Key} {t.Value}"))}.\n\n"
        );
        text.Append(
            "## Limits\n\nIt answers about pictures like those it was trained on. Nothing here says how it does on other sensors, places or seasons.\n"
        );
        return text.ToString();
    }

    private void AppendData(StringBuilder text)
    {
        text.Append("## Data\n\n");
        if (Data is null)
        {
            text.Append(Run is null ? "Not stated.\n\n" : $"{Run.Samples} samples, SHA-256 {Run.SamplesHash}.\n\n");
            return;
        }
        text.Append(
            $"{Cell(Data.Name)}: {Data.Count} samples{(Run is null ? "" : $", SHA-256 {Run.SamplesHash}")}.\n\n| Task | Samples |\n| --- | --- |\n"
        );
        foreach (var (task, count) in Data.Tasks)
            text.Append($"| {EoTaskNames.Of(task)} | {count} |\n");
        text.Append('\n');
    }

    private void AppendTraining(StringBuilder text)
    {
        text.Append("## Training\n\n");
        if (Run is null)
        {
            text.Append("Not stated.\n\n");
            return;
        }
        var o = Run.Options;
        text.Append(
            $"GRPO, {o.Steps} steps of {o.PromptsPerStep} prompts × {o.GroupSize} completions, loss {o.Loss}, advantage {o.Advantage}, β {o.Beta}, clip {o.ClipLow} to {o.ClipHigh}, rate {o.LearningRate:0.0e+0}, temperature {o.Temperature}, seed {o.Seed}.\n\n| Task | Rewards |\n| --- | --- |\n"
        );
        foreach (var (task, rewards) in Run.Rewards)
            text.Append($"| {Cell(task)} | {Cell(rewards)} |\n");
        text.Append('\n');
        foreach (var (name, source) in Run.RewardSources)
            text.Append($"Reward `{Cell(name)}`:\n\n```csharp\n{source.Replace("```", "` ` `", StringComparison.Ordinal)}\n```\n\n");
    }

    private void AppendResults(StringBuilder text)
    {
        text.Append("## Results\n\n");
        if (Report is null)
        {
            text.Append("Not measured.\n\n");
            return;
        }
        text.Append(
            "95 % intervals by bootstrap over samples.\n\n| Task | Metric | Value | 95 % interval | n | Definition |\n| --- | --- | --- | --- | --- | --- |\n"
        );
        foreach (var row in Report.Rows.Concat(Report.Corpus.Rows).Where(r => double.IsFinite(r.Mean)))
            text.Append(
                $"| {EoTaskNames.Of(row.Task)} | {Cell(row.Metric)} | {row.Mean:0.000} | {row.Low:0.000} to {row.High:0.000} | {row.Count} | {Cell(row.Definition)} |\n"
            );
        text.Append('\n');
    }

    private static string Cell(string text) =>
        text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
