using GeoVlm.Learning.Losses;
using GeoVlm.Models;

namespace GeoVlm.Learning;

/// <summary>Options of supervised fine-tuning.</summary>
public sealed record SftConfig
{
    /// <summary>Optimizer updates of the run; a budget in steps, not seconds, so that a run can be repeated exactly.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Images per step, each with several questions packed behind it.</summary>
    public int ImagesPerStep { get; init; } = 8;

    /// <summary>Peak learning rate of AdamW.</summary>
    public double LearningRate { get; init; } = 4e-4;

    /// <summary>Steps of linear warm-up.</summary>
    public int WarmupSteps { get; init; } = 20;

    /// <summary>Share of the run at the peak before the cosine decay begins; 1 for no decay.</summary>
    public double ConstantShare { get; init; }

    /// <summary>Learning rate at the end, as a share of the peak.</summary>
    public double FinalShare { get; init; } = 0.05;

    /// <summary>Weight decay of matrices.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of the gradient.</summary>
    public double MaxGradientNorm { get; init; } = 1.0;

    /// <summary>Images per forward and backward pass; null takes them all at once. It
    /// changes memory, not results beyond rounding.</summary>
    public int? ImagesPerMicroBatch { get; init; }

    /// <summary>Parts of the model that are trained; where it has an adapter, that alone is trained whatever stands here.</summary>
    public TrainedParts Train { get; init; } = TrainedParts.All;

    /// <summary>Whether layers are computed again in the backward pass instead of being kept: about a
    /// third more time, a fraction of the memory, the same gradients.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>What is descended for each answer token.</summary>
    public AnswerLossKind Loss { get; init; } = AnswerLossKind.Nll;

    /// <summary>Share of a target's weight spread over the vocabulary, 0 to 1; with <see cref="AnswerLossKind.Nll"/> only.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Reports every problem at once, before a model is touched.</summary>
    /// <exception cref="GeoVlmException">One or more options are out of range.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        void Check(bool ok, string problem)
        {
            if (!ok)
                problems.Add(problem);
        }
        Check(Train != TrainedParts.None, "Train is None; nothing would be trained");
        Check(Steps >= 1, $"Steps is {Steps}; it must be at least 1");
        Check(ImagesPerStep >= 1, $"ImagesPerStep is {ImagesPerStep}; it must be at least 1");
        Check(ImagesPerMicroBatch is null or >= 1, $"ImagesPerMicroBatch is {ImagesPerMicroBatch}; it must be at least 1, or null");
        Check(LearningRate > 0, $"LearningRate is {LearningRate}; it must be above 0");
        Check(WarmupSteps >= 0, $"WarmupSteps is {WarmupSteps}; it must not be negative");
        Check(ConstantShare is >= 0 and <= 1, $"ConstantShare is {ConstantShare}; it must be 0 to 1");
        Check(FinalShare is >= 0 and <= 1, $"FinalShare is {FinalShare}; it must be 0 to 1");
        Check(WeightDecay >= 0, $"WeightDecay is {WeightDecay}; it must not be negative");
        Check(MaxGradientNorm > 0, $"MaxGradientNorm is {MaxGradientNorm}; it must be above 0");
        Check(LabelSmoothing is >= 0 and < 1, $"LabelSmoothing is {LabelSmoothing}; it must be 0 or more, below 1");
        Check(LabelSmoothing == 0 || Loss == AnswerLossKind.Nll, $"LabelSmoothing needs Loss = {AnswerLossKind.Nll}");
        if (problems.Count > 0)
            throw new GeoVlmException("these fine-tuning options cannot work:\n  " + string.Join("\n  ", problems));
    }

    /// <summary>Learning rate of a step, from 1.</summary>
    public double LearningRateAt(int step)
    {
        double done = (step - 1) / (double)Steps,
            warm = Math.Min(1, step / (double)Math.Max(1, WarmupSteps));
        double cosine = done <= ConstantShare ? 1 : 0.5 * (1 + Math.Cos(Math.PI * (done - ConstantShare) / (1 - ConstantShare)));
        return LearningRate * warm * (FinalShare + (1 - FinalShare) * cosine);
    }
}
