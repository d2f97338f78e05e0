using System.Security.Cryptography;
using System.Text;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;
using TorchSharp;

namespace GeoVlm.Learning.Runs;

/// <summary>SHA-256 fingerprints of what a run depends on, in lower-case hexadecimal.</summary>
internal static class Fingerprint
{
    /// <summary>Of all weights, by name, in their own type.</summary>
    public static string Of(Policy policy)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (
            var (name, tensor) in policy
                .Model.Parameters.Concat(policy.Model.Adapter?.Parameters ?? [])
                .OrderBy(p => p.Name, StringComparer.Ordinal)
        )
        {
            using var scope = torch.NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.dtype} {string.Join(',', tensor.shape)}\n"));
            hash.AppendData(tensor.detach().to(torch.CPU).contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Of the samples' ids, tasks, questions and references in order; pixels are
    /// left out, since decoding them all would take minutes.</summary>
    public static string Of(IReadOnlyList<Sample> samples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var s in samples)
            hash.AppendData(Encoding.UTF8.GetBytes($"{s.Id}\t{s.Task}\t{s.Question}\t{AnswerText.Write(s.Reference, s.Frame)}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
