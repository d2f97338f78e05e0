using static TorchSharp.torch;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Attention in rows that hold a prefix and branches which go on from it, each seeing the prefix and itself.</summary>
/// <remarks>
/// One mask over the whole row would have scores for every pair of branches, to hide them: of 16 completions seven eighths of all. So
/// prefixes attend in one block and branches in another, each branch behind the keys of its prefix. Legend: B rows, T tokens of the
/// longest, P of the longest prefix, R branches, L tokens of the longest, H heads, K key heads, d numbers per head. The tensors belong to
/// the scope that is open when it is made.
/// </remarks>
internal sealed class BranchedAttention
{
    private readonly int longestPrefix,
        longestBranch;
    private readonly Tensor? queries_RL,
        keys_RPL,
        back_BT,
        bias_R1LPL;

    /// <summary>Lays the blocks out.</summary>
    /// <param name="rowLength">T.</param>
    /// <param name="prefixes">Tokens of each row's prefix, with which it begins.</param>
    /// <param name="branches">Of each branch its row, the place of its first token in the row, and its tokens.</param>
    /// <param name="device">Where they are used.</param>
    public BranchedAttention(
        int rowLength,
        IReadOnlyList<int> prefixes,
        IReadOnlyList<(int Row, int Start, int Length)> branches,
        Device device
    )
    {
        (longestPrefix, longestBranch) = (prefixes.Max(), branches.Select(b => b.Length).DefaultIfEmpty().Max());
        if (longestBranch == 0)
            return;
        int width = longestPrefix + longestBranch;
        long[] queries = new long[branches.Count * longestBranch],
            keys = new long[branches.Count * width],
            back = new long[prefixes.Count * rowLength];
        float[] bias = new float[branches.Count * longestBranch * width];
        Array.Fill(bias, Attention.Hidden);
        for (int row = 0; row < prefixes.Count; row++)
        for (int t = 0; t < prefixes[row]; t++)
            back[row * rowLength + t] = row * longestPrefix + t;
        for (int b = 0; b < branches.Count; b++)
        {
            var (row, start, length) = branches[b];
            int prefix = prefixes[row],
                first = row * rowLength;
            // What only fills a block up is the row's first token, hidden or not asked for.
            Array.Fill(queries, first, b * longestBranch, longestBranch);
            Array.Fill(keys, first, b * width, width);
            for (int t = 0; t < prefix; t++)
                keys[b * width + t] = first + t;
            for (int t = 0; t < length; t++)
            {
                queries[b * longestBranch + t] = keys[b * width + longestPrefix + t] = first + start + t;
                back[first + start + t] = (long)prefixes.Count * longestPrefix + b * longestBranch + t;
                Span<float> seen = bias.AsSpan((b * longestBranch + t) * width, width);
                seen[..prefix].Clear();
                seen.Slice(longestPrefix, t + 1).Clear();
            }
        }
        (queries_RL, keys_RPL, back_BT) = (tensor(queries).to(device), tensor(keys).to(device), tensor(back).to(device));
        bias_R1LPL = tensor(bias, branches.Count, 1, longestBranch, width).to(device);
    }

    /// <summary>Attends: queries [B, H, T, d], keys and values [B, K, T, d] to [B, H, T, d].</summary>
    public Tensor Attend(Tensor q_BHTd, Tensor k_BKTd, Tensor v_BKTd)
    {
        Tensor prefix = Attention.Attend(
            q_BHTd.narrow(2, 0, longestPrefix),
            k_BKTd.narrow(2, 0, longestPrefix),
            v_BKTd.narrow(2, 0, longestPrefix),
            causal: true
        );
        if (longestBranch == 0)
            return prefix;
        Tensor branches = Attention.Attend(
            Pick(q_BHTd, queries_RL!, longestBranch),
            Pick(k_BKTd, keys_RPL!, longestPrefix + longestBranch),
            Pick(v_BKTd, keys_RPL!, longestPrefix + longestBranch),
            bias_R1LPL!.to(q_BHTd.dtype)
        );
        long rows = q_BHTd.size(0),
            heads = q_BHTd.size(1),
            tokens = q_BHTd.size(2),
            head = q_BHTd.size(3);
        return cat([Flat(prefix), Flat(branches)]).index_select(0, back_BT!).view(rows, tokens, heads, head).transpose(1, 2);
    }

    private static Tensor Pick(Tensor t, Tensor indices, int length) =>
        Flat(t).index_select(0, indices).view(-1, length, t.size(1), t.size(3)).transpose(1, 2);

    /// <summary>[rows, heads, tokens, d] to [rows · tokens, heads · d].</summary>
    private static Tensor Flat(Tensor t) => t.transpose(1, 2).reshape(t.size(0) * t.size(2), t.size(1) * t.size(3));
}
