using System.Security.Cryptography;
using System.Text;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>HMAC-SHA256 over the four JSON parts of a message, as they are on the wire.</summary>
/// <param name="key">Shared secret; empty means that messages are not signed.</param>
internal sealed class MessageSigner(string key)
{
    private readonly byte[] keyBytes = Encoding.UTF8.GetBytes(key);

    /// <summary>The signature in lower-case hexadecimal, as ASCII; empty without a key.</summary>
    public byte[] Sign(params ReadOnlySpan<byte[]> parts)
    {
        if (keyBytes.Length == 0)
            return [];
        using IncrementalHash hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keyBytes);
        foreach (byte[] part in parts)
            hash.AppendData(part);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Whether the signature is right; takes the same time whether or not it is.</summary>
    public bool Verify(byte[] signature, params ReadOnlySpan<byte[]> parts) =>
        CryptographicOperations.FixedTimeEquals(Sign(parts), signature);
}
