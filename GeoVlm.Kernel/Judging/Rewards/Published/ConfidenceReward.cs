using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards.Published;

/// <summary>Mean over boxes of c where the box matches and 1 − c where it does not, as Visual-RFT's confidence reward has it.</summary>
/// <remarks>The confidence c stands beside each box as <c>"confidence": 0.9</c>; a box without one has 1.</remarks>
public sealed partial class ConfidenceReward : IReward
{
    /// <inheritdoc/>
    public string Name => "visual-rft-confidence";

    /// <inheritdoc/>
    public string Summary => "mean of the confidence of right boxes and 1 − that of wrong ones (Visual-RFT)";

    /// <inheritdoc/>
    public string KnownFlaw => "a wrong box with confidence 0 earns 1";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var reference = References.Boxes(sample, Name);
        if (completion.Boxes is not { } boxes)
            return RewardScore.Unreadable(completion);
        if (boxes.Count == 0)
            return new(reference.Count == 0 ? 1 : 0, "no box");
        double[] stated =
        [
            .. Confidence()
                .Matches(completion.WrittenAnswer ?? "")
                .Select(m => double.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)),
        ];
        double mean = boxes
            .Select((box, i) => (Right: reference.Any(r => r.IoU(box) > 0.5), C: i < stated.Length ? Math.Clamp(stated[i], 0, 1) : 1))
            .Average(b => b.Right ? b.C : 1 - b.C);
        return new(mean, $"{stated.Length} stated confidences");
    }

    [GeneratedRegex("""["']?[Cc]onfidence["']?\s{0,9}:\s{0,9}([0-9]{1,9}(?:\.[0-9]{1,9})?)""")]
    private static partial Regex Confidence();
}
