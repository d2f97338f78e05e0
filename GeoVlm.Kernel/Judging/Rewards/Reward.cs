using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Makes a reward of a function, as in a notebook cell.</summary>
/// <example><code>var gentle = Reward.Define&lt;BoxesAnswer&gt;("gentle-iou", (answer, reference) =>
///     Math.Sqrt(answer.Objects.Count == 0 ? 0 : answer.Objects[0].Box.IoU(reference.Objects[0].Box)));</code></example>
public static class Reward
{
    /// <summary>A reward over any answer.</summary>
    /// <param name="name">Its name in tables.</param>
    /// <param name="score">From the answer and the reference, both with boxes in original pixels, to a value in [0, 1]. Not called for an
    /// unreadable answer, which scores 0.</param>
    /// <param name="summary">One line for help.</param>
    /// <param name="source">Its text as written, which runs record.</param>
    /// <exception cref="GeoVlmException">Thrown when it scores: the function threw or gave a value outside [0, 1].</exception>
    public static IReward Define(string name, Func<Answer, Answer, double> score, string summary = "", string source = "") =>
        Define<Answer>(name, score, summary, source);

    /// <summary>A reward over one kind of answer: <see cref="BoxesAnswer"/> or <see cref="TextAnswer"/>.</summary>
    /// <inheritdoc cref="Define(string, Func{Answer, Answer, double}, string, string)"/>
    public static IReward Define<TAnswer>(string name, Func<TAnswer, TAnswer, double> score, string summary = "", string source = "") where TAnswer : Answer
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(score);
        return new Defined<TAnswer>(name, score, summary, source);
    }

    private sealed class Defined<TAnswer>(string name, Func<TAnswer, TAnswer, double> score, string summary, string source) : IReward, IForeignCode where TAnswer : Answer
    {
        public string Name => name;

        public string Summary => summary;

        public string Source => source;

        public RewardScore Score(ParsedCompletion completion, Sample sample)
        {
            if (completion.Answer is null) return RewardScore.Unreadable(completion);
            Answer reference = sample.Reference is BoxesAnswer boxes ? boxes.In(References.FrameOf(sample)) : sample.Reference;
            if (completion.Answer is not TAnswer typedAnswer || reference is not TAnswer typedReference)
                throw Fault(sample, $"it compares {typeof(TAnswer).Name}, "
                    + $"but the answer is a {completion.Answer.GetType().Name} and the reference a {reference.GetType().Name}");
            double value;
            try
            {
                value = score(typedAnswer, typedReference);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new GeoVlmException(Message(sample, $"it threw {e.GetType().Name}: {e.Message}"), e);
            }
            return value is >= 0 and <= 1 ? new(value) : throw Fault(sample, $"it gave {value}, expected a value from 0 to 1");
        }

        private GeoVlmException Fault(Sample sample, string what) => new(Message(sample, what));

        private string Message(Sample sample, string what) => $"Reward '{name}' failed on sample '{sample.Id}' ({sample.Task}): {what}.";
    }
}
