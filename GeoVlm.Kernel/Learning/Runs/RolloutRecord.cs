using System.Text.Json.Serialization;

namespace GeoVlm.Learning.Runs;

/// <summary>One rollout as a run keeps it: plain text and numbers.</summary>
public sealed record RolloutRecord
{
    /// <summary>The step, from 1.</summary>
    [JsonPropertyName("step"), JsonPropertyOrder(-1)]
    public required int Step { get; init; }

    /// <summary>Which prompt of the step, from 0.</summary>
    [JsonPropertyName("group")]
    public required int Group { get; init; }

    /// <summary>Which completion of the prompt, from 0.</summary>
    [JsonPropertyName("rollout")]
    public required int Rollout { get; init; }

    /// <summary>Id of the sample.</summary>
    [JsonPropertyName("sample")]
    public required string Sample { get; init; }

    /// <summary>The task.</summary>
    [JsonPropertyName("task")]
    public required string Task { get; init; }

    /// <summary>The user's turn.</summary>
    [JsonPropertyName("prompt")]
    public required string Prompt { get; init; }

    /// <summary>The completion; untrusted text.</summary>
    [JsonPropertyName("completion")]
    public required string Completion { get; init; }

    /// <summary>Total reward.</summary>
    [JsonPropertyName("reward")]
    public required double Reward { get; init; }

    /// <summary>Each part of the reward before its weight.</summary>
    [JsonPropertyName("rewards")]
    public required IReadOnlyDictionary<string, double> Rewards { get; init; }

    /// <summary>The advantage that its tokens were given.</summary>
    [JsonPropertyName("advantage")]
    public required double Advantage { get; init; }

    /// <summary>Mean log-probability of its tokens as sampled, in nats.</summary>
    [JsonPropertyName("mean_logp")]
    public required double MeanLogProb { get; init; }

    /// <summary>Width and height of the frame in which the model writes coordinates for
    /// this prompt; null in runs of earlier versions.</summary>
    [JsonPropertyName("frame")]
    public IReadOnlyList<double>? Frame { get; init; }

    /// <summary>Tokens of the completion.</summary>
    [JsonPropertyName("tokens")]
    public required int Tokens { get; init; }

    /// <summary>Why it ended: <c>stop</c> or <c>length</c>.</summary>
    [JsonPropertyName("finish")]
    public required string Finish { get; init; }

    /// <summary>The records of a step.</summary>
    public static IEnumerable<RolloutRecord> Of(int step, IReadOnlyList<JudgedGroup> groups) =>
        groups.SelectMany(
            (judged, g) =>
                judged.Group.Rollouts.Select(
                    (rollout, i) =>
                        new RolloutRecord
                        {
                            Step = step,
                            Group = g,
                            Rollout = i,
                            Sample = judged.Group.Prompt.Sample.Id,
                            Task = Data.EoTaskNames.Of(judged.Group.Prompt.Sample.Task),
                            Prompt = judged.Group.Prompt.Text,
                            Completion = rollout.Text,
                            Reward = judged.Judgements[i].Reward.Total,
                            Rewards = judged.Judgements[i].Reward.Parts.GroupBy(p => p.Name).ToDictionary(p => p.Key, p => p.First().Value),
                            Advantage = judged.Advantages[i],
                            MeanLogProb = rollout.LogProbs.Count == 0 ? 0 : rollout.LogProbs.Average(),
                            Frame = [judged.Group.Frame.Width, judged.Group.Frame.Height],
                            Tokens = rollout.TokenIds.Count,
                            Finish = rollout.Finish.ToString().ToLowerInvariant(),
                        }
                )
        );
}
