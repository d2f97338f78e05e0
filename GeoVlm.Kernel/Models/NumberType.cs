using TorchSharp;

namespace GeoVlm.Models;

/// <summary>What numbers a model's weights and activations are.</summary>
/// <remarks>
/// Norms, rotations, softmax, log-probabilities, adapters and the optimizer are float32 in either case; trained bfloat16 weights have a
/// float32 master copy in the optimizer, since their own 8 bits would round small updates away.
/// </remarks>
public enum NumberType
{
    /// <summary>4 bytes a number.</summary>
    Float32,

    /// <summary>2 bytes a number: half the memory, about three digits.</summary>
    BFloat16,
}

/// <summary>Names of <see cref="NumberType"/> in commands, config.json and checks.json.</summary>
public static class NumberTypeNames
{
    /// <summary>The names that commands offer.</summary>
    public static IReadOnlyList<string> All { get; } = ["float32", "bfloat16", "fp32", "bf16"];

    /// <summary>Reads <c>float32</c> or <c>fp32</c>, <c>bfloat16</c> or <c>bf16</c>.</summary>
    /// <exception cref="GeoVlmException">It is another type.</exception>
    public static NumberType Parse(string text) =>
        text.ToLowerInvariant() switch
        {
            "float32" or "fp32" => NumberType.Float32,
            "bfloat16" or "bf16" => NumberType.BFloat16,
            _ => throw new GeoVlmException(
                $"no model computes in '{text}' here; there are float32 (fp32) and bfloat16 (bf16). Weights stored as float16 are converted when they are loaded"
            ),
        };

    /// <summary>Hugging Face's name: <c>float32</c>, <c>bfloat16</c>.</summary>
    public static string NameOf(NumberType type) => type == NumberType.BFloat16 ? "bfloat16" : "float32";

    /// <summary>Bytes of a number.</summary>
    internal static int BytesOf(NumberType type) => type == NumberType.BFloat16 ? 2 : 4;

    /// <summary>libtorch's name of a type.</summary>
    internal static torch.ScalarType ToTorch(this NumberType type) =>
        type == NumberType.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
}
