using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Learning;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Workbench.Exporting;

/// <summary>What is to be trained elsewhere.</summary>
/// <param name="Name">Name of the job.</param>
/// <param name="Samples">The training samples.</param>
/// <param name="Config">Our options.</param>
/// <param name="Model">Name or path of the model, as the cluster knows it.</param>
internal sealed record ExportJob(string Name, IReadOnlyList<Sample> Samples, GrpoConfig Config, string Model)
{
    /// <summary>How prompts are worded; each task's own wording when null.</summary>
    public PromptTemplate? Template { get; init; }

    /// <summary>How the model resizes pictures: the frame of its coordinates.</summary>
    public ImagePreprocessor Preprocessor { get; init; } = new();

    /// <summary>The adapter to train; null trains the model.</summary>
    public LoraConfig? Lora { get; init; }

    /// <summary>Rewards with weights instead of the tasks' own, "iou:1,format:0.3"; null for those.</summary>
    public string? Rewards { get; init; }

    /// <summary>Where <c>serve-rewards</c> listens, as the cluster reaches it.</summary>
    public Uri RewardAddress { get; init; } = new("http://localhost:8765");

    /// <summary>GPUs of a node, for the launch command.</summary>
    public int GpusPerNode { get; init; } = 8;

    /// <summary>The user's turn of a sample.</summary>
    public string PromptOf(Sample sample) => (Template ?? RubricCatalogue.For(sample.Task).Template).Word(sample);
}
