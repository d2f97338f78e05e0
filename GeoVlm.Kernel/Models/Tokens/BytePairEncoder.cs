using System.Text;

namespace GeoVlm.Models.Tokens;

/// <summary>Byte-pair merging of one word: the most urgent adjacent pair first, the leftmost of equals, until none is left.</summary>
/// <remarks>Sennrich et al. 2016 over bytes. A queue keeps it at O(n log n), because untrusted text can be one long word.</remarks>
internal sealed class BytePairEncoder
{
    private readonly int[] byteIds = new int[256];
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> merges;

    /// <summary>Creates the encoder; GeoVlmException when a byte or a part of a merge is missing from the vocabulary.</summary>
    public BytePairEncoder(TokenizerDefinition definition)
    {
        for (int b = 0; b < 256; b++)
            byteIds[b] = IdOf(ByteLevel.CharOf((byte)b).ToString(), $"byte 0x{b:X2}");
        merges = new(definition.Merges.Count);
        for (int rank = 0; rank < definition.Merges.Count; rank++)
        {
            (string left, string right) = definition.Merges[rank];
            string place = $"merge {rank + 1}, \"{left} {right}\"";
            merges.TryAdd((IdOf(left, place), IdOf(right, place)), (rank, IdOf(left + right, place)));
        }

        int IdOf(string token, string place) =>
            definition.Vocabulary.TryGetValue(token, out int id)
                ? id
                : throw new GeoVlmException(
                    $"{definition.Source}: the vocabulary lacks \"{token}\", which {place} needs. The tokenizer must be byte-level BPE "
                        + "(Qwen2 style) with vocabulary and merges from the same model; download the tokenizer files again."
                );
    }

    /// <summary>The ids of a word; a lone surrogate counts as U+FFFD.</summary>
    public int[] Encode(string word)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(word);
        int n = bytes.Length;
        int[] ids = new int[n],
            next = new int[n],
            previous = new int[n];
        PriorityQueue<(int At, int Left, int Right), (int Rank, int At)> queue = new();
        for (int i = 0; i < n; i++)
            (ids[i], next[i], previous[i]) = (byteIds[bytes[i]], i + 1, i - 1);
        for (int i = 0; i < n; i++)
            Offer(i);
        while (queue.TryDequeue(out (int At, int Left, int Right) pair, out _))
        {
            int at = pair.At,
                right = next[at];
            // Entries whose tokens have since been merged into others are stale. A dead place holds id -1.
            if (ids[at] != pair.Left || right >= n || ids[right] != pair.Right)
                continue;
            ids[at] = merges[(pair.Left, pair.Right)].Merged;
            ids[right] = -1;
            next[at] = next[right];
            if (next[at] < n)
                previous[next[at]] = at;
            Offer(at);
            if (previous[at] >= 0)
                Offer(previous[at]);
        }
        return [.. ids.Where(id => id >= 0)];

        void Offer(int at)
        {
            int right = next[at];
            if (right < n && merges.TryGetValue((ids[at], ids[right]), out (int Rank, int Merged) merge))
                queue.Enqueue((at, ids[at], ids[right]), (merge.Rank, at));
        }
    }
}
