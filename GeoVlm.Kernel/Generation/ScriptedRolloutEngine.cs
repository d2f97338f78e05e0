using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Generation;

/// <summary>An engine that says what a script says: for walks without a model, and for tests of everything after generation.</summary>
/// <remarks>Of the sampling options only the group size counts. Every token is one UTF-16 unit of the text, with log-probability
/// 0.</remarks>
/// <param name="script">The completion, from the prompt and the index of the rollout in its group.</param>
/// <param name="frame">The frame in which the script writes coordinates; original pixels of the sample when left out.</param>
public sealed class ScriptedRolloutEngine(Func<Prompt, int, string> script, Func<Prompt, CoordinateFrame>? frame = null) : IRolloutEngine
{
    /// <summary>A script that writes every coordinate in the same frame.</summary>
    public ScriptedRolloutEngine(Func<Prompt, int, string> script, CoordinateFrame frame)
        : this(script, _ => frame) { }

    /// <inheritdoc/>
    public IReadOnlyList<RolloutGroup> Generate(
        IReadOnlyList<Prompt> prompts,
        SamplingOptions options,
        CancellationToken cancellation = default
    )
    {
        var groups = new List<RolloutGroup>(prompts.Count);
        foreach (var prompt in prompts)
        {
            cancellation.ThrowIfCancellationRequested();
            var rollouts = Enumerable.Range(0, options.GroupSize).Select(i => RolloutOf(script(prompt, i)));
            groups.Add(new RolloutGroup(prompt, frame?.Invoke(prompt) ?? prompt.Sample.Frame, [.. rollouts]));
        }
        return groups;
    }

    private static Rollout RolloutOf(string text) => new(text, [.. text.Select(c => (int)c)], new float[text.Length], FinishReason.Stop);
}
