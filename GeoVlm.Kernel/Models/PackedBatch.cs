using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Models;

/// <summary>Packed rows as tensors. Legend: B rows, T tokens of the longest row, N scored tokens.</summary>
internal sealed class PackedBatch
{
    private PackedBatch(Tensor ids_BT, Tensor positions_3BT, BranchedAttention attention, Tensor predictors_N, Tensor targets_N)
    {
        (Ids, Positions, Attention, Predictors, Targets) = (ids_BT, positions_3BT, attention, predictors_N, targets_N);
    }

    /// <summary>[B, T] token ids.</summary>
    public Tensor Ids { get; }

    /// <summary>[3, B, T] M-RoPE positions.</summary>
    public Tensor Positions { get; }

    /// <summary>Who sees whom: a token sees itself, what precedes it in its own branch, and the prefix.</summary>
    public BranchedAttention Attention { get; }

    /// <summary>[N] index into the flattened [B·T] of the token whose output predicts each scored token.</summary>
    public Tensor Predictors { get; }

    /// <summary>[N] the scored tokens.</summary>
    public Tensor Targets { get; }

    /// <summary>Lays the rows out; the tensors belong to the caller's dispose scope.</summary>
    public static PackedBatch Of(IReadOnlyList<PackedRow> rows, Device device)
    {
        int rowCount = rows.Count,
            length = rows.Max(r => r.Length);
        var ids = new long[rowCount * length];
        var positions = new long[3 * rowCount * length];
        List<(int Row, int Start, int Length)> placed = [];
        List<long> predictors = [],
            targets = [];
        for (int r = 0; r < rowCount; r++)
        {
            var (prefix, branches) = rows[r];
            int start = r * length,
                at = prefix.TokenIds.Length;
            for (int t = 0; t < prefix.TokenIds.Length; t++)
            {
                ids[start + t] = prefix.TokenIds[t];
                for (int axis = 0; axis < 3; axis++)
                    positions[axis * rowCount * length + start + t] = prefix.Positions[axis * prefix.TokenIds.Length + t];
            }
            for (int b = 0; b < branches.Count; b++)
            {
                int[] tokens = branches[b].TokenIds;
                placed.Add((r, at, tokens.Length));
                for (int t = 0; t < tokens.Length; t++, at++)
                {
                    ids[start + at] = tokens[t];
                    for (int axis = 0; axis < 3; axis++)
                        positions[axis * rowCount * length + start + at] = prefix.NextPosition + t;
                    if (t < branches[b].LossFrom)
                        continue;
                    predictors.Add(start + (t == 0 ? prefix.TokenIds.Length - 1 : at - 1));
                    targets.Add(tokens[t]);
                }
            }
        }
        return new PackedBatch(
            tensor(ids, rowCount, length).to(device),
            tensor(positions, 3, rowCount, length).to(device),
            new BranchedAttention(length, [.. rows.Select(r => r.Prefix.TokenIds.Length)], placed, device),
            tensor(predictors.ToArray()).to(device),
            tensor(targets.ToArray()).to(device)
        );
    }
}
