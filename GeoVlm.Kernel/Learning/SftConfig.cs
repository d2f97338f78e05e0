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

    /// <summary>Learning rate of a step, from 1.</summary>
    public double LearningRateAt(int step)
    {
        double done = (step - 1) / (double)Steps, warm = Math.Min(1, step / (double)Math.Max(1, WarmupSteps));
        double cosine = done <= ConstantShare ? 1 : 0.5 * (1 + Math.Cos(Math.PI * (done - ConstantShare) / (1 - ConstantShare)));
        return LearningRate * warm * (FinalShare + (1 - FinalShare) * cosine);
    }
}
