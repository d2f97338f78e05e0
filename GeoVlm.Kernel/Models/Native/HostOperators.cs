using static TorchSharp.torch;

namespace GeoVlm.Models.Native;

/// <summary>Operators of a layer that libtorch has in several passes over memory, in one each way: on a CPU, in float32.</summary>
/// <remarks>Rows go through the same arithmetic whatever the threads.</remarks>
internal static unsafe class HostOperators
{
    // Fewer numbers than these are not worth another thread.
    private const int Piece = 1 << 14,
        FewRows = 4;

    /// <summary>Whether these loops take such a tensor.</summary>
    public static bool Take(Tensor x) =>
        x.dtype == ScalarType.Float32 && x.device_type == TorchSharp.DeviceType.CPU && HostKernels.Supported && x.numel() > 0;

    /// <summary>Whether a matrix is better read once for all rows of x than multiplied by libtorch: the rows are few, their depth is whole
    /// vectors, and no graph is made.</summary>
    /// <remarks>One row by 32,768 × 512 takes libtorch 1.4 times as long, on two cores with AVX-512.</remarks>
    public static bool TakeFew(Tensor x) =>
        x.numel() <= FewRows * x.size(-1) && !is_grad_enabled() && Take(x) && HostKernels.Fit((int)x.size(-1));

    /// <summary>x weightᵀ + bias.</summary>
    /// <param name="x">[..., depth].</param>
    /// <param name="weight">[columns, depth], dense.</param>
    /// <param name="bias">[columns], or null.</param>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias)
    {
        int depth = (int)x.size(-1),
            columns = (int)weight.size(0),
            rows = (int)(x.numel() / depth);
        using Tensor input = x.contiguous();
        Tensor output = empty([.. x.shape[..^1], columns]);
        var (from, w, b, to) = (input.Address(), weight.Address(), bias?.Address() ?? 0, output.Address());
        ForRows(
            columns,
            depth,
            (column, count) =>
                HostKernels.Product(
                    (float*)from,
                    depth,
                    rows,
                    (float*)w,
                    depth,
                    (float*)b,
                    (float*)to,
                    columns,
                    (int)column,
                    (int)column + count
                )
        );
        return output;
    }

    /// <summary>x / sqrt(mean(x²) + ε) · weight over the last dimension, a whole number of vectors.</summary>
    /// <param name="x">[..., width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">ε.</param>
    public static Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        int width = (int)weight.numel();
        using Tensor input = x.contiguous();
        Tensor output = empty_like(input);
        var (from, w, to) = (input.Address(), weight.Address(), output.Address());
        ForRows(
            input.numel() / width,
            width,
            (row, count) =>
            {
                for (nint at = (nint)row * width; count > 0; count--, at += width)
                    HostKernels.RmsNorm((float*)from + at, (float*)w, (float*)to + at, width, epsilon);
            }
        );
        bool learns = weight.requires_grad;
        return GraphNode.Attach(
            output,
            [x, weight],
            [input, weight],
            (gradient, kept) => NormBack(gradient, kept[0], kept[1], epsilon, learns)
        );
    }

    /// <summary>silu(gate) · up, where silu(v) = v / (1 + e^−v).</summary>
    /// <param name="gate">Any shape.</param>
    /// <param name="up">The same shape.</param>
    public static Tensor Gated(Tensor gate, Tensor up)
    {
        using Tensor g = gate.contiguous(),
            u = up.contiguous();
        Tensor output = empty_like(g);
        var (pg, pu, to) = (g.Address(), u.Address(), output.Address());
        ForRows(g.numel(), 1, (at, count) => HostKernels.Gate((float*)pg + at, (float*)pu + at, (float*)to + at, count));
        return GraphNode.Attach(output, [gate, up], [g, u], (gradient, kept) => GatedBack(gradient, kept[0], kept[1]));
    }

    /// <summary>Pairs (i, i + half) of the last dimension, turned: x · cos + swapped(x) · signedSin.</summary>
    /// <param name="x">[B, T, ..., head].</param>
    /// <param name="cos">[T, ..., head] or [B, T, ..., head], one row a token.</param>
    /// <param name="signedSin">The same, the first half negated.</param>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor signedSin)
    {
        Tensor output = Turned(x, cos, signedSin, 1);
        return GraphNode.Attach(output, [x], [cos, signedSin], (gradient, kept) => [Turned(gradient, kept[0], kept[1], -1)]);
    }

    /// <summary>softmax(scale · scores + bias) over the last dimension, in the memory of the scores.</summary>
    /// <param name="scores">[B, H, T, S], dense, which nothing else reads.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="bias">[B or 1, 1, T, S]; null for none.</param>
    /// <param name="causal">Without a bias, and as many keys as queries: weights of later keys are 0.</param>
    public static Tensor AttentionWeights(Tensor scores, float scale, Tensor? bias, bool causal)
    {
        long tokens = scores.size(2),
            perRow = scores.size(1) * tokens,
            biased = bias?.size(0) ?? 1;
        int keys = (int)scores.size(3);
        using Tensor? dense = bias?.contiguous();
        var (start, add) = (scores.Address(), dense?.Address() ?? 0);
        ForRows(
            scores.numel() / keys,
            keys,
            (row, count) =>
            {
                for (; count > 0; count--, row++)
                {
                    long token = row % tokens;
                    float* x = (float*)start + row * keys;
                    float* plus = add == 0 ? null : (float*)add + (row / perRow % biased * tokens + token) * keys;
                    HostKernels.Softmax(x, scale, plus, causal ? (int)token + 1 : keys);
                    if (causal)
                        new Span<float>(x + token + 1, keys - (int)token - 1).Clear();
                }
            }
        );
        Tensor output = scores.detach();
        return GraphNode.Attach(output, [scores], [output], (gradient, kept) => [SoftmaxBack(gradient, kept[0], scale)]);
    }

    private static Tensor?[] NormBack(Tensor gradient, Tensor x, Tensor weight, float epsilon, bool learns)
    {
        int width = (int)weight.numel();
        Tensor given = gradient.contiguous(),
            result = empty_like(x);
        long rows = x.numel() / width,
            perPiece = RowsPerPiece(width);
        Tensor? parts = learns ? zeros([(rows + perPiece - 1) / perPiece, width]) : null;
        var (from, w, g, to) = (x.Address(), weight.Address(), given.Address(), result.Address());
        nint sums = parts?.Address() ?? 0;
        ForRows(
            rows,
            width,
            (row, count) =>
            {
                float* sum = sums == 0 ? null : (float*)sums + row / perPiece * width;
                for (nint at = (nint)row * width; count > 0; count--, at += width)
                    HostKernels.RmsNormBack((float*)from + at, (float*)w, (float*)g + at, (float*)to + at, sum, width, epsilon);
            }
        );
        return [result, parts?.sum([0])];
    }

    private static Tensor?[] GatedBack(Tensor gradient, Tensor gate, Tensor up)
    {
        Tensor given = gradient.contiguous(),
            ofGate = empty_like(gate),
            ofUp = empty_like(up);
        var (g, u, y, toGate, toUp) = (gate.Address(), up.Address(), given.Address(), ofGate.Address(), ofUp.Address());
        ForRows(
            gate.numel(),
            1,
            (at, count) =>
                HostKernels.GateBack((float*)g + at, (float*)u + at, (float*)y + at, (float*)toGate + at, (float*)toUp + at, count)
        );
        return [ofGate, ofUp];
    }

    private static Tensor SoftmaxBack(Tensor gradient, Tensor weights, float scale)
    {
        int keys = (int)weights.size(-1);
        Tensor given = gradient.contiguous(),
            result = empty_like(weights);
        var (w, g, to) = (weights.Address(), given.Address(), result.Address());
        ForRows(
            weights.numel() / keys,
            keys,
            (row, count) =>
            {
                for (nint at = (nint)row * keys; count > 0; count--, at += keys)
                    HostKernels.SoftmaxBack((float*)w + at, (float*)g + at, (float*)to + at, scale, keys);
            }
        );
        return result;
    }

    private static Tensor Turned(Tensor x, Tensor cos, Tensor signedSin, float sign)
    {
        int head = (int)x.size(-1);
        long tokens = x.size(0) * x.size(1),
            perToken = x.numel() / tokens / head,
            tables = cos.numel() / head;
        // A slice of each token's heads is read where it lies.
        long[] strides = x.stride();
        bool dense = strides[0] == x.size(1) * strides[1] || x.size(0) == 1;
        long within = 1;
        for (int dimension = strides.Length - 1; dimension > 1; within *= x.size(dimension--))
            dense &= strides[dimension] == within;
        using Tensor input = dense ? x.alias() : x.contiguous();
        using Tensor first = input.narrow(1, 0, 1);
        long stride = dense ? strides[1] : perToken * head;
        Tensor output = empty(x.shape);
        var (from, c, s, to) = (first.Address(), cos.Address(), signedSin.Address(), output.Address());
        ForRows(
            tokens,
            (int)perToken * head,
            (token, count) =>
            {
                for (; count > 0; count--, token++)
                {
                    long table = token % tables * head;
                    for (int h = 0; h < perToken; h++)
                        HostKernels.Rotate(
                            (float*)from + token * stride + h * head,
                            (float*)c + table,
                            (float*)s + table,
                            (float*)to + (token * perToken + h) * head,
                            head / 2,
                            sign
                        );
                }
            }
        );
        return output;
    }

    private static long RowsPerPiece(int width) => Math.Max(1, Piece / width);

    /// <summary>Does rows in pieces: from a row on, so many.</summary>
    private static void ForRows(long rows, int width, Action<long, int> work)
    {
        long perPiece = RowsPerPiece(width);
        Cores.ForEach(
            (int)((rows + perPiece - 1) / perPiece),
            get_num_threads(),
            piece => work(piece * perPiece, (int)Math.Min(perPiece, rows - piece * perPiece))
        );
    }
}
