using GeoVlm.Generation;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Learning;

/// <summary>The rollouts of one prompt with what they earned.</summary>
/// <param name="Group">The rollouts.</param>
/// <param name="Judgements">[G] what each was read as and paid.</param>
/// <param name="Advantages">[G] how each compares with its siblings.</param>
public sealed record JudgedGroup(RolloutGroup Group, IReadOnlyList<Judgement> Judgements, IReadOnlyList<double> Advantages);
