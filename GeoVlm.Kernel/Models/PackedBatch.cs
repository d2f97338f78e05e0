using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Packed rows as tensors. Legend: B rows, T tokens of the longest row, N scored tokens.</summary>
internal sealed class PackedBatch
{
    private const int PrefixSegment = -1, PaddingSegment = -2;

    private PackedBatch(Tensor ids_BT, Tensor positions_3BT, Tensor mask_B1TT, Tensor predictors_N, Tensor targets_N)
    {
        (Ids, Positions, Mask, Predictors, Targets) = (ids_BT, positions_3BT, mask_B1TT, predictors_N, targets_N);
    }

    /// <summary>[B, T] token ids.</summary>
    public Tensor Ids { get; }

    /// <summary>[3, B, T] M-RoPE positions.</summary>
    public Tensor Positions { get; }

    /// <summary>[B, 1, T, T] bool: a token sees itself, what precedes it in its own branch, and the prefix.</summary>
    public Tensor Mask { get; }

    /// <summary>[N] index into the flattened [B·T] of the token whose output predicts each scored token.</summary>
    public Tensor Predictors { get; }

    /// <summary>[N] the scored tokens.</summary>
    public Tensor Targets { get; }

    /// <summary>Lays the rows out; the tensors belong to the caller's dispose scope.</summary>
    public static PackedBatch Of(IReadOnlyList<PackedRow> rows, Device device)
    {
        int rowCount = rows.Count, length = rows.Max(r => r.Length);
        var ids = new long[rowCount * length];
        var positions = new long[3 * rowCount * length];
        var segments = new long[rowCount * length];
        Array.Fill(segments, PaddingSegment);
        List<long> predictors = [], targets = [];
        for (int r = 0; r < rowCount; r++)
        {
            var (prefix, branches) = rows[r];
            int start = r * length, at = prefix.TokenIds.Length;
            for (int t = 0; t < prefix.TokenIds.Length; t++)
            {
                ids[start + t] = prefix.TokenIds[t];
                segments[start + t] = PrefixSegment;
                for (int axis = 0; axis < 3; axis++) positions[axis * rowCount * length + start + t] = prefix.Positions[axis * prefix.TokenIds.Length + t];
            }
            for (int b = 0; b < branches.Count; b++)
            {
                int[] tokens = branches[b].TokenIds;
                for (int t = 0; t < tokens.Length; t++, at++)
                {
                    ids[start + at] = tokens[t];
                    segments[start + at] = b;
                    for (int axis = 0; axis < 3; axis++) positions[axis * rowCount * length + start + at] = prefix.NextPosition + t;
                    if (t < branches[b].LossFrom) continue;
                    predictors.Add(start + (t == 0 ? prefix.TokenIds.Length - 1 : at - 1));
                    targets.Add(tokens[t]);
                }
            }
        }
        var segment_BT = tensor(segments, rowCount, length).to(device);
        var key_B1T = segment_BT.unsqueeze(1);
        var causal_TT = ones(length, length, dtype: ScalarType.Bool, device: device).tril();
        var mask = ((segment_BT.unsqueeze(2) == key_B1T) | (key_B1T == PrefixSegment)) & causal_TT;
        return new PackedBatch(
            tensor(ids, rowCount, length).to(device), tensor(positions, 3, rowCount, length).to(device), mask.unsqueeze(1),
            tensor(predictors.ToArray()).to(device), tensor(targets.ToArray()).to(device));
    }
}
