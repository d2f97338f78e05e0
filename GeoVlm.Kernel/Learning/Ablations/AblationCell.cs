using System.Security.Cryptography;
using System.Text;
using GeoVlm.Data;

namespace GeoVlm.Learning.Ablations;

/// <summary>One combination of an ablation's values.</summary>
/// <param name="Values">The value of each factor, in the plan's order.</param>
/// <param name="Arm">How it trains.</param>
public sealed record AblationCell(IReadOnlyList<(string Factor, string Value)> Values, AblationArm Arm)
{
    /// <summary>"beta=0, reward=standard"; "base" when nothing varies.</summary>
    public string Name => Values.Count == 0 ? "base" : string.Join(", ", Values.Select(v => $"{v.Factor}={v.Value}"));

    /// <summary>Whether it trains and evaluates on a sample.</summary>
    public bool Takes(Sample sample) => Arm.Task is null || sample.Task == Arm.Task;

    /// <summary>Folder of its runs: its name where that is a file name, else with its hash.</summary>
    internal string Folder
    {
        get
        {
            string plain = Name.Replace(", ", ",", StringComparison.Ordinal);
            string name = new([.. plain.Select(c => char.IsAsciiLetterOrDigit(c) || c is '=' or ',' or '.' or '-' or '_' ? c : '_')]);
            if (name == plain && name.Length <= 100)
                return name;
            return $"{name[..Math.Min(90, name.Length)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(plain)))[..8]}";
        }
    }
}
