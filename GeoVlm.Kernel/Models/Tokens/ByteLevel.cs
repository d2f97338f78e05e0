using System.Text;

namespace GeoVlm.Models.Tokens;

/// <summary>The printable stand-ins that byte-level BPE writes for bytes in its files: byte 0x20 is "Ġ", 0x0A is "Ċ".</summary>
/// <remarks>GPT-2's table: the 188 bytes that print in Latin-1 stand for themselves, the other 68 are U+0100 onwards in byte
/// order.</remarks>
internal static class ByteLevel
{
    private static readonly char[] Chars = BuildChars();
    private static readonly int[] Bytes = BuildBytes();

    /// <summary>The 256 stand-ins in the order in which GPT-2 numbers them: printing bytes first.</summary>
    public static IEnumerable<string> Alphabet =>
        Enumerable.Range(0, 256).OrderBy(b => Chars[b] >= 256).ThenBy(b => b).Select(b => Chars[b].ToString());

    /// <summary>The stand-in of a byte.</summary>
    public static char CharOf(byte value) => Chars[value];

    /// <summary>The UTF-8 bytes of a text as stand-ins.</summary>
    public static string Spell(string text) => new([.. Encoding.UTF8.GetBytes(text).Select(CharOf)]);

    /// <summary>The bytes that a token of the file stands for; a token that is not made of stand-ins is taken as plain text.</summary>
    public static byte[] BytesOf(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (token[i] >= Bytes.Length || Bytes[token[i]] < 0)
                return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)Bytes[token[i]];
        }
        return bytes;
    }

    private static int[] BuildBytes()
    {
        int[] bytes = new int[Chars.Max() + 1];
        Array.Fill(bytes, -1);
        for (int b = 0; b < 256; b++)
            bytes[Chars[b]] = b;
        return bytes;
    }

    private static char[] BuildChars()
    {
        char[] chars = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)next++;
        return chars;
    }
}
