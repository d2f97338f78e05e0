using System.Security.Cryptography;
using System.Text;

namespace GeoVlm.Workbench;

/// <summary>Fingerprint of the cells that a session was given so far, in order. A host need
/// not say which file they come from, or whether it was saved.</summary>
internal sealed class CellJournal : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Lock gate = new();

    /// <summary>SHA-256 of the cells' texts, each ended by a zero, in lower-case hexadecimal; null when there were none.</summary>
    public string? Hash { get; private set; }

    /// <summary>Notes a cell that begins.</summary>
    public void Add(string code)
    {
        lock (gate)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(code + "\0"));
            Hash = Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();
}
