using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Judges;

/// <summary>max(0, cosine) of the meanings of the answer and the nearest reference, by a
/// local sentence encoder: the paper's SBERT reward.</summary>
/// <remarks>Which encoder the paper used is not public. <see cref="FolderVariable"/> names the folder of the encoder, or C# gives one:
/// <c>new EmbeddingReward(new OnnxSentenceEncoder("…"))</c>. A negative cosine is 0, as the paper allows no negative rewards.</remarks>
public sealed class EmbeddingReward : IReward
{
    /// <summary>Environment variable with the folder of the encoder that the named reward uses.</summary>
    public const string FolderVariable = "GEOVLM_SENTENCE_ENCODER";

    private static readonly Lazy<ISentenceEncoder> Named = new(
        () =>
            new OnnxSentenceEncoder(
                Environment.GetEnvironmentVariable(FolderVariable)
                    ?? throw new GeoVlmException(
                        $"'sbert' and 'hslr' need a sentence encoder: set {FolderVariable} to a folder with model.onnx and vocab.txt, "
                            + "or write new EmbeddingReward(new OnnxSentenceEncoder(folder)) in C#"
                    )
            ),
        LazyThreadSafetyMode.PublicationOnly
    );

    private readonly Func<ISentenceEncoder> encoder;

    /// <summary>The reward with the encoder of <see cref="FolderVariable"/>, loaded when it is first needed.</summary>
    public EmbeddingReward() => encoder = () => Named.Value;

    /// <summary>The reward with an encoder.</summary>
    public EmbeddingReward(ISentenceEncoder encoder) => this.encoder = () => encoder;

    /// <inheritdoc/>
    public string Name => "sbert";

    /// <inheritdoc/>
    public string Summary => $"cosine of sentence embeddings, from 0 (the paper's SBERT); the encoder's folder in {FolderVariable}";

    /// <inheritdoc/>
    public bool IsMeantFor(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var references = References.Texts(sample, Name);
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        float[] meaning = encoder().Encode(answer);
        var (cosine, nearest) = references
            .Select(r => (Cosine: meaning.Zip(encoder().Encode(r), (a, b) => a * (double)b).Sum(), r))
            .MaxBy(c => c.Cosine);
        return new(Words.Same(answer, nearest) ? 1 : Math.Clamp(cosine, 0, 1), $"nearest reference: {nearest}");
    }
}
