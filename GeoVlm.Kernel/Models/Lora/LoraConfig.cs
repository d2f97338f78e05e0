using System.Globalization;
using System.Text.RegularExpressions;

namespace GeoVlm.Models.Lora;

/// <summary>How a low-rank adapter is made; the fields of PEFT's <c>LoraConfig</c> that matter here.</summary>
public sealed record LoraConfig
{
    /// <summary>The linear layers of the decoder: attention and feed-forward.</summary>
    public static readonly IReadOnlyList<string> DecoderLayers =
    [
        "q_proj",
        "k_proj",
        "v_proj",
        "o_proj",
        "gate_proj",
        "up_proj",
        "down_proj",
    ];

    /// <summary>What PEFT calls every linear layer but the output head.</summary>
    public const string AllLinear = "all-linear";

    /// <summary>Rank of the product, at least 1.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>Scale of the product: it is multiplied by alpha / rank, or alpha / √rank.</summary>
    public double Alpha { get; init; } = 32;

    /// <summary>Share of the adapter's inputs that is dropped in training, 0 to below 1. It draws from
    /// libtorch's own generator, so a run with it is not repeatable.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether the scale is alpha / √rank (rsLoRA), which keeps high ranks learning.</summary>
    public bool RankStabilized { get; init; }

    /// <summary>Whether the biases of the adapted layers are trained too (PEFT's <c>lora_only</c>).</summary>
    public bool TrainBiases { get; init; }

    /// <summary>
    /// Layers to adapt: names or ends of names (<c>q_proj</c>, <c>attn.qkv</c>), which match wherever they occur, vision tower included; or
    /// one regular expression for the whole name; or <see cref="AllLinear"/>.
    /// </summary>
    public LoraTargets Targets { get; init; } = LoraTargets.Decoder(DecoderLayers);

    /// <summary>Factor of the product B A.</summary>
    public double Scaling => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <summary>Reads the options of a command: <c>r=16,alpha=32,dropout=0.05,targets=q_proj+v_proj,rslora,bias,vision</c>; all may be left
    /// out.</summary>
    /// <remarks>Targets are looked for in the decoder alone unless <c>vision</c> is there; <c>targets=all-linear</c> takes every linear
    /// layer.</remarks>
    /// <exception cref="GeoVlmException">An option is unknown or out of range.</exception>
    public static LoraConfig Parse(string options)
    {
        LoraConfig config = new();
        IReadOnlyList<string> targets = DecoderLayers;
        bool vision = false;
        foreach (string option in options.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = option.Split('=', 2, StringSplitOptions.TrimEntries);
            double Number() =>
                pair.Length == 2 && double.TryParse(pair[1], CultureInfo.InvariantCulture, out double n)
                    ? n
                    : throw new GeoVlmException($"--lora {option}: expected a number, as in {pair[0]}=16");
            switch (pair[0])
            {
                case var rank when pair.Length == 1 && int.TryParse(rank, CultureInfo.InvariantCulture, out int plain):
                    config = config with { Rank = plain };
                    break;
                case "r" or "rank":
                    config = config with { Rank = (int)Number() };
                    break;
                case "alpha":
                    config = config with { Alpha = Number() };
                    break;
                case "dropout":
                    config = config with { Dropout = Number() };
                    break;
                case "targets" when pair.Length == 2:
                    targets = pair[1].Split('+', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    break;
                case "rslora":
                    config = config with { RankStabilized = true };
                    break;
                case "bias":
                    config = config with { TrainBiases = true };
                    break;
                case "vision":
                    vision = true;
                    break;
                default:
                    throw new GeoVlmException(
                        $"--lora {option}: no such option; there are r=, alpha=, dropout=, targets=a+b, rslora, bias, vision"
                    );
            }
        }
        config = config with
        {
            Targets =
                targets is [AllLinear] ? LoraTargets.Everything
                : vision ? LoraTargets.Ends(targets)
                : LoraTargets.Decoder(targets),
        };
        config.Validate();
        return config;
    }

    /// <summary>For people: rank, scale and layers.</summary>
    public string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"rank {Rank}, alpha {Alpha}{(RankStabilized ? " / √rank" : "")}{(Dropout > 0 ? $", dropout {Dropout}" : "")}{(TrainBiases ? ", biases" : "")} on {Targets}"
        );

    /// <summary>Checks the ranges.</summary>
    /// <param name="where">What to call it in messages.</param>
    /// <exception cref="GeoVlmException">Something is out of range; every problem is named.</exception>
    public void Validate(string where = "LoRA")
    {
        List<string> problems = [];
        if (Rank < 1)
            problems.Add($"the rank is {Rank}, expected at least 1");
        if (!(Alpha > 0))
            problems.Add($"alpha is {Alpha}, expected a number above 0");
        if (!(Dropout >= 0 && Dropout < 1))
            problems.Add($"dropout is {Dropout}, expected 0 to below 1");
        if (problems.Count > 0)
            throw new GeoVlmException($"{where}: {string.Join("; ", problems)}.");
    }
}

/// <summary>Which layers an adapter sits in: ends of names, or a regular expression, or all.</summary>
/// <param name="Names">Names and ends of names; null when an expression decides.</param>
/// <param name="Expression">A regular expression that the whole name must match; null when names decide.</param>
public sealed record LoraTargets(IReadOnlyList<string>? Names, string? Expression)
{
    /// <summary>Every linear layer but the output head.</summary>
    public static LoraTargets Everything { get; } = new(null, LoraConfig.AllLinear);

    /// <summary>Layers whose name is, or ends in a dot and, one of these; in the decoder and in the vision tower.</summary>
    public static LoraTargets Ends(IReadOnlyList<string> names) => new(names, null);

    /// <summary>Layers of the decoder that end so; written as an expression, so that PEFT stays out of the vision tower as well.</summary>
    public static LoraTargets Decoder(IReadOnlyList<string> names) =>
        new(null, $@".*language_model.*\.({string.Join('|', names.Select(Regex.Escape))})");

    /// <summary>Whether a layer is meant.</summary>
    /// <param name="module">Its name as PEFT sees it: <c>model.language_model.layers.0.self_attn.q_proj</c>.</param>
    /// <exception cref="GeoVlmException">The expression is malformed.</exception>
    public bool Match(string module)
    {
        if (Expression == LoraConfig.AllLinear)
            return module != "lm_head";
        if (Names is not null)
            return Names.Any(n => module == n || module.EndsWith("." + n, StringComparison.Ordinal));
        try
        {
            return Regex.IsMatch(module, $@"\A(?:{Expression})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            throw new GeoVlmException($"the LoRA targets '{Expression}' are no usable regular expression ({e.Message})", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Expression ?? string.Join(", ", Names ?? []);
}
