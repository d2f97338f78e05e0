using System.Runtime.CompilerServices;
using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Makes a reward of a function, as in a notebook cell.</summary>
/// <remarks>The text of a C# lambda is recorded as <see cref="IReward.Source"/> by itself; other languages pass it.</remarks>
/// <example><code>var gentle = Reward.Define&lt;BoxesAnswer&gt;("gentle-iou", (answer, reference) =>
///     Math.Sqrt(answer.Objects.Count == 0 ? 0 : answer.Objects[0].Box.IoU(reference.Objects[0].Box)));</code></example>
public static class Reward
{
    /// <summary>A reward over any answer.</summary>
    /// <param name="name">Its name in tables.</param>
    /// <param name="score">From the answer and the reference, both with boxes in original pixels, to a
    /// value in [0, 1]. Not called for an unreadable answer, which scores 0.</param>
    /// <param name="summary">One line for help.</param>
    /// <param name="source">Its text as written, which runs record.</param>
    /// <exception cref="GeoVlmException">Thrown when it scores: the function threw or gave a value outside [0, 1].</exception>
    public static IReward Define(
        string name,
        Func<Answer, Answer, double> score,
        string summary = "",
        [CallerArgumentExpression(nameof(score))] string source = ""
    ) => Define<Answer>(name, score, summary, source);

    /// <summary>A reward over one kind of answer: <see cref="BoxesAnswer"/>,
    /// <see cref="TextAnswer"/>, <see cref="LabelsAnswer"/>, …</summary>
    /// <inheritdoc cref="Define(string, Func{Answer, Answer, double}, string, string)"/>
    public static IReward Define<TAnswer>(
        string name,
        Func<TAnswer, TAnswer, double> score,
        string summary = "",
        [CallerArgumentExpression(nameof(score))] string source = ""
    )
        where TAnswer : Answer
    {
        ArgumentNullException.ThrowIfNull(score);
        return OfCompletion(
            name,
            (completion, sample) =>
            {
                if (completion.Answer is not { } answer)
                    return null;
                Answer reference = sample.Reference switch
                {
                    BoxesAnswer boxes => boxes.In(References.FrameOf(sample)),
                    GroundedTextAnswer grounded => grounded with { Boxes = grounded.Boxes.In(References.FrameOf(sample)) },
                    var other => other,
                };
                return answer is TAnswer typedAnswer && reference is TAnswer typedReference
                    ? score(typedAnswer, typedReference)
                    : throw new RewardMismatchException(
                        $"'{name}' compares {typeof(TAnswer).Name}, but the answer to sample '{sample.Id}' is a {answer.GetType().Name} and the reference a {reference.GetType().Name}."
                    );
            },
            summary,
            source
        );
    }

    /// <summary>A reward over the whole completion and its sample, such as one that
    /// looks at the reasoning or at other references.</summary>
    /// <param name="name">Its name in tables.</param>
    /// <param name="score">To a value in [0, 1]; null says that the answer could not be read, which scores 0.</param>
    /// <param name="summary">One line for help.</param>
    /// <param name="source">Its text as written, which runs record.</param>
    /// <exception cref="GeoVlmException">Thrown when it scores: the function threw or gave a value outside [0, 1].</exception>
    public static IReward OfCompletion(
        string name,
        Func<ParsedCompletion, Sample, double?> score,
        string summary = "",
        [CallerArgumentExpression(nameof(score))] string source = ""
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(score);
        return new DefinedReward(name, score, summary, source);
    }

    /// <summary>A reward under a name of the user's own, with the text that made it.</summary>
    /// <param name="name">Its name in tables.</param>
    /// <param name="reward">What it pays.</param>
    /// <param name="source">Its text as written, which runs record; that of <paramref name="reward"/> when empty.</param>
    public static IReward Named(string name, IReward reward, string source = "")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return reward is IGroupReward group ? new NamedGroupReward(name, group, source) : new NamedReward(name, reward, source);
    }
}
