using GeoVlm.Data;
using GeoVlm.Judging.Rewards.Judges;
using GeoVlm.Judging.Rewards.Published;

namespace GeoVlm.Judging.Rewards;

/// <summary>The rewards that have a name on the command line and in help.</summary>
public static class RewardCatalogue
{
    /// <summary>All of them, in reading order; those with a <see cref="IReward.KnownFlaw"/>
    /// are kept as they were published, to be compared with.</summary>
    public static IReadOnlyList<IReward> All { get; } =
    [
        new FormatReward(),
        FormatVariantReward.FullMatch,
        FormatVariantReward.Prefix,
        FormatVariantReward.Search,
        FormatVariantReward.Once,
        FormatVariantReward.Progressive,
        FormatVariantReward.Json,
        FormatVariantReward.Objects,
        new BoxIoUReward(),
        BoxOverlapReward.Squared,
        BoxOverlapReward.Generalised,
        BoxOverlapReward.Distance,
        BoxOverlapReward.Complete,
        BoxOverlapReward.Stepped,
        BoxOverlapReward.Exponential,
        BoxOverlapReward.Centred,
        new DetectionReward(),
        new DetectionF1Reward(),
        new DetectionPartialF1Reward(),
        OrientedDetectionReward.RotatedIoU,
        OrientedDetectionReward.Kld,
        OrientedDetectionReward.ProbIoU,
        new ChangeIoUReward(),
        ChangeAgreementReward.F1,
        ChangeAgreementReward.Kappa,
        new ChangeBoxesReward(),
        new ExactMatchReward(),
        ShortAnswerReward.Question,
        ShortAnswerReward.YesNo,
        ShortAnswerReward.Letter,
        ShortAnswerReward.Numeric,
        ShortAnswerReward.Count,
        LabelSetReward.F1,
        LabelSetReward.Jaccard,
        LabelSetReward.Exact,
        new TokenF1Reward(),
        TextSimilarityReward.Jaccard,
        TextSimilarityReward.Levenshtein,
        TextSimilarityReward.Lexical,
        TextSimilarityReward.Bleu4,
        TextSimilarityReward.Rouge1,
        TextSimilarityReward.RougeL,
        TextSimilarityReward.Meteor,
        TextSimilarityReward.CaptionMix,
        new CiderReward(),
        new EmbeddingReward(),
        new HslrReward(),
        new GroundedCaptionReward(),
        new GeographicReward(),
        new PlaceReward(),
        LengthReward.Reasoning,
        LengthReward.Overlong,
        new RepetitionReward(),
        new NoveltyReward(),
        new StandardReward(),
        new RecallReward(),
        new ContainsReward(),
        AccuracyReward.Vlm,
        AccuracyReward.HyRe,
        AccuracyReward.Partial,
        new AnyBoxReward(),
        new FirstBoxReward(),
        new ExponentialIoUReward(),
        new GIoUReward(),
        new GreedyIoUReward(),
        new ConfidenceReward(),
        AveragePrecisionReward.Mean,
        AveragePrecisionReward.At50,
        AveragePrecisionReward.OdLength,
        new WeightedSumReward(),
        new PrecisionReward(),
        new SegZeroReward(),
        new VisionReasonerReward(),
        new SegStrictReward(),
        StagedDetectionReward.Recall,
        StagedDetectionReward.Precision,
        new CosineLengthReward(),
    ];

    /// <summary>The reward of this name.</summary>
    /// <exception cref="GeoVlmException">There is none; the message names the nearest.</exception>
    public static IReward Find(string name) => NearestName.Find(All, r => r.Name, name, "reward");
}
