namespace GeoVlm.Models.Lora;

/// <summary>Names of layers and parameters as checkpoints have them, and as PEFT's files do.</summary>
/// <remarks>In memory and in PEFT's files transformers calls the decoder <c>model.language_model</c> and the tower <c>model.visual</c>;
/// checkpoints have older names.</remarks>
internal static class PeftNames
{
    /// <summary>Before every name in PEFT's files.</summary>
    public const string Prefix = "base_model.model.";

    /// <summary>A layer's or parameter's name in PEFT's files, without <see cref="Prefix"/>.</summary>
    public static string OfHub(string hub) =>
        hub.StartsWith("visual.", StringComparison.Ordinal) ? "model." + hub
        : hub.StartsWith("model.", StringComparison.Ordinal) ? "model.language_model." + hub["model.".Length..]
        : hub;

    /// <summary>A layer's or parameter's name in checkpoints.</summary>
    public static string ToHub(string peft) =>
        peft.Replace("model.language_model.", "model.", StringComparison.Ordinal)
            .Replace("model.visual.", "visual.", StringComparison.Ordinal);

    /// <summary>The name that PEFT writes today for one that it wrote in any version.</summary>
    public static string Current(string key)
    {
        string plain = key.Replace(".lora_A.default.", ".lora_A.", StringComparison.Ordinal)
            .Replace(".lora_B.default.", ".lora_B.", StringComparison.Ordinal);
        return plain.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix + OfHub(ToHub(plain[Prefix.Length..])) : plain;
    }
}
