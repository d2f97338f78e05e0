using System.IO.Compression;
using System.Text;

namespace GeoVlm.Models.Tokens;

/// <summary>Unicode normalization form C, which Qwen's tokenizer applies before it splits text.</summary>
/// <remarks>Needed because <see cref="string.Normalize()"/> returns its input unchanged under invariant globalization. Unicode 14; UAX
/// #15.</remarks>
internal static class NfcNormalizer
{
    private const int SBase = 0xAC00,
        LBase = 0x1100,
        VBase = 0x1161,
        TBase = 0x11A7,
        LCount = 19,
        VCount = 21,
        TCount = 28;

    private static readonly Dictionary<int, int[]> Decompositions = [];
    private static readonly Dictionary<(int First, int Second), int> Compositions = [];
    private static readonly Dictionary<int, byte> Classes = [];

    static NfcNormalizer()
    {
        using DeflateStream packed = new(new MemoryStream(Convert.FromBase64String(NfcTables.Packed)), CompressionMode.Decompress);
        int codePoint = 0;
        for (int count = Read(packed); count > 0; count--)
        {
            codePoint += Read(packed);
            int kind = Read(packed);
            int[] parts = kind == 1 ? [Read(packed)] : [Read(packed), Read(packed)];
            Decompositions.Add(codePoint, parts);
            if (kind == 2)
                Compositions.Add((parts[0], parts[1]), codePoint);
        }
        int start = 0;
        for (int count = Read(packed); count > 0; count--)
        {
            start += Read(packed);
            int length = Read(packed);
            byte combiningClass = (byte)Read(packed);
            for (int i = 0; i < length; i++)
                Classes.Add(start + i, combiningClass);
        }
    }

    /// <summary>The text in form C; a lone surrogate becomes U+FFFD.</summary>
    public static string Normalize(string text)
    {
        // Every text below U+0300 is in form C already.
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF') < 0)
            return text;
        List<int> points = [];
        foreach (Rune rune in text.EnumerateRunes())
            Decompose(rune.Value, points);
        Reorder(points);
        Compose(points);
        StringBuilder result = new(text.Length);
        foreach (int point in points)
            result.Append(new Rune(point).ToString());
        return result.ToString();
    }

    private static int ClassOf(int point) => Classes.GetValueOrDefault(point);

    private static void Decompose(int point, List<int> into)
    {
        int syllable = point - SBase;
        if (syllable is >= 0 and < LCount * VCount * TCount)
        {
            into.Add(LBase + syllable / (VCount * TCount));
            into.Add(VBase + syllable % (VCount * TCount) / TCount);
            if (syllable % TCount != 0)
                into.Add(TBase + syllable % TCount);
        }
        else if (Decompositions.TryGetValue(point, out int[]? parts))
            foreach (int part in parts)
                Decompose(part, into);
        else
            into.Add(point);
    }

    /// <summary>Sorts each run of combining marks by class, stably.</summary>
    private static void Reorder(List<int> points)
    {
        for (int start = 0; start < points.Count; start++)
        {
            if (ClassOf(points[start]) == 0)
                continue;
            int end = start;
            while (end < points.Count && ClassOf(points[end]) != 0)
                end++;
            int[] sorted = [.. points[start..end].OrderBy(ClassOf)];
            for (int i = 0; i < sorted.Length; i++)
                points[start + i] = sorted[i];
            start = end;
        }
    }

    private static void Compose(List<int> points)
    {
        int kept = 0,
            starter = -1,
            lastClass = 0;
        foreach (int point in points.ToArray())
        {
            int combiningClass = ClassOf(point);
            bool blocked = starter < kept - 1 && (lastClass == 0 || lastClass >= combiningClass);
            if (starter >= 0 && !blocked && TryCompose(points[starter], point, out int composite))
            {
                points[starter] = composite;
                continue;
            }
            if (combiningClass == 0)
                starter = kept;
            lastClass = combiningClass;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static bool TryCompose(int first, int second, out int composite)
    {
        int lead = first - LBase,
            vowel = second - VBase,
            syllable = first - SBase,
            tail = second - TBase;
        if (lead is >= 0 and < LCount && vowel is >= 0 and < VCount)
        {
            composite = SBase + (lead * VCount + vowel) * TCount;
            return true;
        }
        if (syllable is >= 0 and < LCount * VCount * TCount && syllable % TCount == 0 && tail is > 0 and < TCount)
        {
            composite = first + tail;
            return true;
        }
        return Compositions.TryGetValue((first, second), out composite);
    }

    private static int Read(Stream stream)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            int next = stream.ReadByte();
            value |= (next & 127) << shift;
            if (next < 128)
                return value;
        }
    }
}
