using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Tokenizers;

namespace GeoVlm.Judging.Rewards.Judges;

/// <summary>A sentence encoder of the BERT kind from a folder with <c>model.onnx</c> and <c>vocab.txt</c>, as all-MiniLM-L6-v2 is
/// published: mean over tokens, then length 1.</summary>
/// <remarks>Inputs <c>input_ids</c>, <c>attention_mask</c> and, where the model has it, <c>token_type_ids</c>; the first output is [1,
/// tokens, width] or [1, width]. One thread, so that the numbers do not depend on the machine's cores. The latest vectors are
/// kept.</remarks>
public sealed class OnnxSentenceEncoder : ISentenceEncoder, IDisposable
{
    private const int MostTokens = 256,
        MostKept = 10_000;
    private readonly InferenceSession session;
    private readonly BertTokenizer tokenizer;
    private readonly Dictionary<string, float[]> kept = [];

    /// <summary>Loads the encoder.</summary>
    /// <param name="folder">Folder of the two files; <c>onnx/model.onnx</c> is found too.</param>
    /// <exception cref="GeoVlmException">A file is missing or cannot be read.</exception>
    public OnnxSentenceEncoder(string folder)
    {
        string model = Path.Combine(folder, "model.onnx"),
            vocabulary = Path.Combine(folder, "vocab.txt");
        if (!File.Exists(model))
            model = Path.Combine(folder, "onnx", "model.onnx");
        foreach (string file in new[] { model, vocabulary })
            if (!File.Exists(file))
                throw new GeoVlmException($"{file} is missing: a sentence encoder is a folder with model.onnx and vocab.txt");
        try
        {
            using var options = new SessionOptions
            {
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            };
            session = new InferenceSession(model, options);
            tokenizer = BertTokenizer.Create(vocabulary);
        }
        catch (Exception e)
            when (e is OnnxRuntimeException or IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            session?.Dispose();
            throw new GeoVlmException($"{folder}: not a sentence encoder that can be loaded ({e.Message.Split('\n')[0]})", e);
        }
    }

    /// <inheritdoc/>
    public float[] Encode(string text)
    {
        lock (kept)
        {
            if (kept.TryGetValue(text, out var known))
                return known;
            if (kept.Count >= MostKept)
                kept.Clear();
            return kept[text] = Run(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();

    private float[] Run(string text)
    {
        long[] ids = [.. tokenizer.EncodeToIds(text, MostTokens, out _, out _).Select(i => (long)i)];
        if (ids.Length == 0)
            ids = [0];
        NamedOnnxValue Input(string name, long[] values) =>
            NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, [1, values.Length]));
        var inputs = new List<NamedOnnxValue> { Input("input_ids", ids) };
        if (session.InputMetadata.ContainsKey("attention_mask"))
            inputs.Add(Input("attention_mask", [.. ids.Select(_ => 1L)]));
        if (session.InputMetadata.ContainsKey("token_type_ids"))
            inputs.Add(Input("token_type_ids", new long[ids.Length]));
        using var outputs = session.Run(inputs);
        var states = outputs[0].AsTensor<float>();
        int width = states.Dimensions[^1],
            rows = (int)(states.Length / width);
        float[] values = states.ToArray(),
            mean = new float[width];
        for (int i = 0; i < values.Length; i++)
            mean[i % width] += values[i] / rows;
        float norm = MathF.Sqrt(mean.Sum(v => v * v));
        return norm > 0 ? [.. mean.Select(v => v / norm)] : mean;
    }
}
