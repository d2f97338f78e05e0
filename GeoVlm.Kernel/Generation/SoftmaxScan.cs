using System.Numerics;

namespace GeoVlm.Generation;

/// <summary>Softmax of one row of logits in two passes over them, without writing the probabilities down.</summary>
/// <remarks>
/// A cumulative sum per block of tokens is kept; a draw looks for its block and scans only that one. On a vocabulary of 32,768 this is a
/// hundred times cheaper than sampling by the usual tensor operations. One instance serves one thread.
/// </remarks>
internal sealed class SoftmaxScan
{
    private const int Block = 512;

    private float[] scores = [];
    private double[] cumulative = [];
    private int length;
    private float largest;
    private double logTotal;

    /// <summary>The token with the largest logit, the first of several.</summary>
    public int Largest { get; private set; }

    /// <summary>Reads the row.</summary>
    /// <param name="logits">[V] finite.</param>
    /// <param name="temperature">Logits are divided by it in float32, as training does.</param>
    public void Read(ReadOnlySpan<float> logits, float temperature)
    {
        length = logits.Length;
        int blocks = (length + Block - 1) / Block;
        if (scores.Length < blocks * Block)
            (scores, cumulative) = (new float[blocks * Block], new double[blocks]);
        logits.CopyTo(scores);
        // The rest of the last block has probability 0.
        scores.AsSpan(length, blocks * Block - length).Fill(float.NegativeInfinity);
        if (temperature != 1)
            Divide(scores.AsSpan(0, length), temperature);
        Largest = IndexOfLargest(scores.AsSpan(0, length));
        largest = scores[Largest];
        double total = 0;
        for (int b = 0; b < blocks; b++)
        {
            total += SumOfExponentials(scores.AsSpan(b * Block, Block));
            cumulative[b] = total;
        }
        logTotal = Math.Log(total);
    }

    /// <summary>Natural log-probability of a token.</summary>
    public float LogProbOf(int token) => (float)((double)scores[token] - largest - logTotal);

    /// <summary>The token at which the cumulative distribution passes <paramref name="uniform"/>, in [0, 1).</summary>
    public int Draw(double uniform)
    {
        int blocks = (length + Block - 1) / Block;
        double target = uniform * cumulative[blocks - 1];
        int block = 0;
        while (block < blocks - 1 && target >= cumulative[block])
            block++;
        double sum = block == 0 ? 0 : cumulative[block - 1];
        int end = Math.Min(length, (block + 1) * Block),
            last = -1;
        for (int v = block * Block; v < end; v++)
        {
            double weight = MathF.Exp(scores[v] - largest);
            if (weight <= 0)
                continue;
            sum += weight;
            last = v;
            if (target < sum)
                return v;
        }
        return last >= 0 ? last : Largest; // rounding between the two ways to sum
    }

    private static void Divide(Span<float> values, float divisor)
    {
        int width = Vector<float>.Count,
            i = 0;
        for (var d = new Vector<float>(divisor); i <= values.Length - width; i += width)
            (new Vector<float>(values[i..]) / d).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] /= divisor;
    }

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        int width = Vector<float>.Count,
            i = 0;
        float largest = float.NegativeInfinity;
        if (values.Length >= width)
        {
            var lanes = new Vector<float>(float.NegativeInfinity);
            for (; i <= values.Length - width; i += width)
                lanes = Vector.Max(lanes, new Vector<float>(values[i..]));
            for (int lane = 0; lane < width; lane++)
                largest = Math.Max(largest, lanes[lane]);
        }
        for (; i < values.Length; i++)
            largest = Math.Max(largest, values[i]);
        return Math.Max(0, values.IndexOf(largest));
    }

    private double SumOfExponentials(ReadOnlySpan<float> values)
    {
        int width = Vector<float>.Count;
        Vector<float> shift = new(largest),
            sum = Vector<float>.Zero;
        for (int i = 0; i < values.Length; i += width)
            sum += Vector.Exp(new Vector<float>(values[i..]) - shift);
        double total = 0;
        for (int lane = 0; lane < width; lane++)
            total += sum[lane];
        return total;
    }
}
