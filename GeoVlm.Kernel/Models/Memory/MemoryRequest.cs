using GeoVlm.Models.Lora;

namespace GeoVlm.Models.Memory;

/// <summary>The GRPO training whose memory is to be planned.</summary>
public sealed record MemoryRequest
{
    /// <summary>Prompts per step.</summary>
    public int Prompts { get; init; } = 1;

    /// <summary>Completions per prompt.</summary>
    public int Group { get; init; } = 8;

    /// <summary>Prompts whose completions go through one forward and backward pass; all when null.</summary>
    public int? MicroBatch { get; init; }

    /// <summary>Tokens of a prompt besides those of its pictures.</summary>
    public int PromptTokens { get; init; } = 128;

    /// <summary>Most tokens of a completion.</summary>
    public int NewTokens { get; init; } = 256;

    /// <summary>Pictures per prompt.</summary>
    public int Images { get; init; } = 1;

    /// <summary>Width of a picture before it is resized, in pixels.</summary>
    public int ImageWidth { get; init; } = 448;

    /// <summary>Height of a picture before it is resized, in pixels.</summary>
    public int ImageHeight { get; init; } = 448;

    /// <summary>The adapter that is trained; null trains the model.</summary>
    public LoraConfig? Lora { get; init; }

    /// <summary>Parts that are trained where there is no adapter.</summary>
    public TrainedParts Train { get; init; } = TrainedParts.All;

    /// <summary>Whether there is a reference policy (β above 0); with an adapter it costs nothing.</summary>
    public bool Reference { get; init; } = true;

    /// <summary>Whether layers are computed again in the backward pass.</summary>
    public bool Checkpointing { get; init; }

    /// <summary>What weights and activations are; adapters and the optimizer are float32.</summary>
    public NumberType Type { get; init; } = NumberType.Float32;

    /// <summary>Whether it runs on a GPU, whose kernels hold no attention scores and whose allocator fills its own gaps.</summary>
    public bool OnGpu { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="GeoVlmException">Something is out of range; every problem is named.</exception>
    public void Validate()
    {
        List<string> problems = [];
        foreach (
            var (name, value, least) in new[]
            {
                ("prompts", Prompts, 1),
                ("group", Group, 1),
                ("micro-batch", MicroBatch ?? 1, 1),
                ("prompt", PromptTokens, 1),
                ("new-tokens", NewTokens, 1),
                ("images", Images, 0),
                ("image width", ImageWidth, 1),
                ("image height", ImageHeight, 1),
            }
        )
            if (value < least)
                problems.Add($"{name} is {value}; it must be at least {least}");
        if (Lora is null && Train == TrainedParts.None)
            problems.Add("nothing would be trained");
        if (problems.Count > 0)
            throw new GeoVlmException($"a memory plan needs other numbers: {string.Join("; ", problems)}");
        Lora?.Validate();
    }
}
