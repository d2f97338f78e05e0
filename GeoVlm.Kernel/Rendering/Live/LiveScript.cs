using System.Security.Cryptography;
using System.Text;

namespace GeoVlm.Rendering.Live;

/// <summary>The one script of every display: what moves, sorts and answers the pointer in a page, with no network and no kernel.</summary>
public static class LiveScript
{
    /// <summary>The script.</summary>
    public static string Text { get; } = Read();

    /// <summary>The script as an element of a page.</summary>
    public static string Element { get; } = $"<script>{Text}</script>";

    /// <summary>Its source expression in a content security policy, which lets this script run and no other.</summary>
    public static string PolicySource { get; } = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))}'";

    private static string Read()
    {
        using var stream =
            typeof(LiveScript).Assembly.GetManifestResourceStream("live.js")
            ?? throw new InvalidOperationException("live.js is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
