using GeoVlm.Data;
using GeoVlm.Models;

namespace GeoVlm.Learning.Ablations;

/// <summary>What an ablation compares: every combination of its factors' values,
/// each trained from the same start with every seed.</summary>
public sealed record AblationPlan
{
    /// <summary>The policy that every run begins from; never changed.</summary>
    public required Policy Start { get; init; }

    /// <summary>What is trained on.</summary>
    public required IReadOnlyList<Sample> Train { get; init; }

    /// <summary>What is evaluated, greedily, before and after.</summary>
    public required IReadOnlyList<Sample> HeldOut { get; init; }

    /// <summary>What no factor changes.</summary>
    public required AblationArm Base { get; init; }

    /// <summary>What varies.</summary>
    public required IReadOnlyList<AblationFactor> Factors { get; init; }

    /// <summary>Seeds of the runs of each cell. Below three, luck and effect cannot be told apart.</summary>
    public IReadOnlyList<ulong> Seeds { get; init; } = [1, 2, 3];

    /// <summary>Whether base weights and checkpoints of finished runs are kept.</summary>
    public bool KeepWeights { get; init; }

    /// <summary>Prompts that are evaluated at a time.</summary>
    public int EvaluationBatch { get; init; } = 64;

    /// <summary>The combinations, the first factor varying slowest; controls come after what they are a control of.</summary>
    public IReadOnlyList<AblationCell> Cells
    {
        get
        {
            IEnumerable<AblationCell> cells = [new AblationCell([], Base)];
            foreach (var factor in Factors)
                cells =
                [
                    .. cells.SelectMany(c =>
                        factor.Values.Select(v => new AblationCell([.. c.Values, (factor.Name, v.Label)], v.Apply(c.Arm)))
                    ),
                ];
            return [.. cells];
        }
    }

    /// <summary>Reports every problem at once, before anything is trained.</summary>
    /// <exception cref="GeoVlmException">The plan cannot be run.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        if (Seeds.Count == 0 || Seeds.Distinct().Count() != Seeds.Count)
            problems.Add("Seeds must be at least one, each once");
        if (Factors.Any(f => f.Values.Count == 0) || Factors.Select(f => f.Name).Distinct().Count() != Factors.Count)
            problems.Add("each factor needs a name of its own and at least one value");
        foreach (var factor in Factors.Where(f => f.Values.Select(v => v.Label).Distinct().Count() != f.Values.Count))
            problems.Add($"the factor {factor.Name} has a value twice");
        if (problems.Count == 0)
            foreach (var cell in Cells)
            {
                if (!Train.Any(cell.Takes))
                    problems.Add($"{cell.Name}: there is no sample to train on");
                if (!HeldOut.Any(cell.Takes))
                    problems.Add($"{cell.Name}: there is no sample to evaluate");
                if (cell.Arm.Method != AblationMethod.Grpo && Sibling(cell) is null)
                    problems.Add($"{cell.Name}: a control takes the seconds of the GRPO cell beside it, and there is none");
                try
                {
                    cell.Arm.Config.Validate();
                }
                catch (GeoVlmException e)
                {
                    problems.Add($"{cell.Name}: {e.Message}");
                }
            }
        if (problems.Count > 0)
            throw new GeoVlmException($"This ablation cannot be run:\n  {string.Join("\n  ", problems)}");
    }

    /// <summary>The GRPO cell whose seconds a control takes: the one that differs least.</summary>
    internal AblationCell? Sibling(AblationCell control) =>
        Cells
            .Where(c => c.Arm.Method == AblationMethod.Grpo && c.Arm.Task == control.Arm.Task)
            .OrderBy(c => c.Values.Zip(control.Values).Count(p => p.First != p.Second))
            .FirstOrDefault();

    /// <summary>The cell that another is compared with: the first of its task.</summary>
    internal AblationCell Reference(AblationCell cell) => Cells.First(c => c.Arm.Task == cell.Arm.Task);
}
