using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Models;

/// <summary>What a model's makers say about sampling from it: <c>generation_config.json</c>.
/// Training samples as its own options say, whatever stands here.</summary>
public sealed record GenerationConfig
{
    /// <summary>Tokens that end a completion (<c>eos_token_id</c>, one or several).</summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>Whether to sample at all (<c>do_sample</c>); else the likeliest token is taken.</summary>
    public bool DoSample { get; init; }

    /// <summary>Temperature; above 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only so many of the likeliest tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together have this probability; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Divides the scores of tokens that were there before; 1 for none.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Reads the file of a folder; where there is none, only the end token of the model's config is known.</summary>
    /// <exception cref="GeoVlmException">The file is malformed, or names a token that the model has not.</exception>
    public static GenerationConfig Load(string folder, Qwen25VlConfig config)
    {
        string path = Path.Combine(folder, "generation_config.json");
        IReadOnlyList<int> own = config.Tokens.EndOfText >= 0 ? [config.Tokens.EndOfText] : [];
        if (!File.Exists(path))
            return new() { EndTokens = own };
        JsonConfig json = JsonConfig.Load(path);
        IReadOnlyList<int> ends = json.OneOrMore("eos_token_id");
        foreach (int end in ends)
            if (end < 0 || end >= config.Text.VocabularySize)
                throw new GeoVlmException($"{path}: eos_token_id {end} is none of the {config.Text.VocabularySize} tokens of the model.");
        return new()
        {
            EndTokens = ends.Count > 0 ? ends : own,
            DoSample = json.Flag("do_sample", false),
            Temperature = json.Number("temperature", 1),
            TopK = json.Integer("top_k", 0),
            TopP = json.Number("top_p", 1),
            RepetitionPenalty = json.Number("repetition_penalty", 1),
        };
    }
}
