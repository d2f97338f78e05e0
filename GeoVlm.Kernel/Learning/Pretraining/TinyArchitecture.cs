using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Tokens;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Pretraining;

/// <summary>Sizes and starting weights of the tiny checkpoint.</summary>
internal static class TinyArchitecture
{
    /// <summary>The decoder layer that the dense object loss looks at.</summary>
    public const int ObservedLayer = 1;

    /// <summary>The numbers that are one token each.</summary>
    private static readonly int[] Numbers = [.. Enumerable.Range(0, 256)];

    /// <summary>A Qwen2.5-VL of about three million parameters.</summary>
    public static Qwen25VlConfig Config(TextTokenizer tokenizer) =>
        new(
            new TextConfig
            {
                VocabularySize = (tokenizer.VocabularySize + 63) / 64 * 64,
                HiddenSize = 192,
                IntermediateSize = 512,
                Layers = 4,
                Heads = 6,
                KeyValueHeads = 2,
                RopeSections = [4, 6, 6],
                // With heads of 32 numbers a base of a million would leave the width axis almost no frequency that turns within a picture.
                RopeTheta = 2000,
                TieWordEmbeddings = true,
                MaxPositions = 1024,
            },
            new VisionConfig
            {
                Depth = 4,
                HiddenSize = 128,
                IntermediateSize = 384,
                Heads = 4,
                OutHiddenSize = 192,
                FullAttentionBlocks = [1, 3],
                WindowSize = 56,
            },
            new SpecialTokenIds(
                tokenizer.IdOf("<|image_pad|>"),
                tokenizer.IdOf("<|video_pad|>"),
                tokenizer.IdOf("<|vision_start|>"),
                tokenizer.IdOf("<|vision_end|>"),
                tokenizer.IdOf("<|im_end|>"),
                tokenizer.IdOf("<|endoftext|>")
            )
        );

    /// <summary>A square picture becomes 112 × 112 pixels, any other the multiples of
    /// 28 nearest its shape at no more than that area.</summary>
    public static ImagePreprocessor Preprocessor() =>
        new()
        {
            MinPixels = TinyRecipe.Side * TinyRecipe.Side / 2,
            MaxPixels = TinyRecipe.Side * TinyRecipe.Side,
            Mean = [0.45, 0.45, 0.45],
            StandardDeviation = [0.25, 0.25, 0.25],
        };

    /// <summary>
    /// Lets the embeddings of neighbouring numbers start as neighbours: random projections of Fourier features of the value. A box is four
    /// numbers, and with a random start each would have to be learned on its own.
    /// </summary>
    public static void OrderNumbers(VisionLanguageModel model, TextTokenizer tokenizer, ulong seed)
    {
        const int Frequencies = 24;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var embedding = model.Parameters.First(p => p.Name == "model.embed_tokens.weight").Tensor;
        var random = new SeededRandom(seed);
        int hidden = (int)embedding.size(1);
        var projection = tensor(
            Enumerable.Range(0, 2 * Frequencies * hidden).Select(_ => (float)random.Normal(0, 0.02 / Math.Sqrt(Frequencies))).ToArray(),
            2 * Frequencies,
            hidden
        );
        var features = new float[Numbers.Length * 2 * Frequencies];
        for (int n = 0; n < Numbers.Length; n++)
        for (int f = 0; f < Frequencies; f++)
        {
            double period = 6 * Math.Pow(2000.0 / 6, f / (Frequencies - 1.0)),
                angle = 2 * Math.PI * n / period;
            (features[(n * Frequencies + f) * 2], features[(n * Frequencies + f) * 2 + 1]) = (
                (float)Math.Sin(angle),
                (float)Math.Cos(angle)
            );
        }
        var rows = tensor(Numbers.Select(n => (long)IdOf(tokenizer, n)).ToArray());
        embedding.index_copy_(0, rows, tensor(features, Numbers.Length, 2 * Frequencies).matmul(projection));
    }

    /// <summary>[V, V] targets: a number's probability is spread over its neighbours, any other token keeps all of its own.</summary>
    public static Tensor SmoothNumbers(TextTokenizer tokenizer, int vocabulary, double deviation)
    {
        var targets = new float[vocabulary * vocabulary];
        for (int v = 0; v < vocabulary; v++)
            targets[v * vocabulary + v] = 1;
        int[] ids = [.. Numbers.Select(n => IdOf(tokenizer, n))];
        foreach (int n in Numbers)
        {
            double[] weights = [.. Numbers.Select(m => Math.Exp(-0.5 * (m - n) * (m - n) / (deviation * deviation)))];
            double sum = weights.Sum();
            foreach (int m in Numbers)
                targets[ids[n] * vocabulary + ids[m]] = (float)(weights[m] / sum);
        }
        return tensor(targets, vocabulary, vocabulary).DetachFromDisposeScope();
    }

    private static int IdOf(TextTokenizer tokenizer, int number)
    {
        var ids = tokenizer.Encode(number.ToString(CultureInfo.InvariantCulture));
        return ids.Count == 1 ? ids[0] : throw new InvalidOperationException($"{number} is {ids.Count} tokens");
    }
}
