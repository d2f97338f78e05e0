using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>decode_logits</c>: the ids of <c>feed</c> appended one by one with a
/// cache to raw <c>logits</c> [rows, steps, vocabulary], and once more by what decodes when completions are sampled.</summary>
internal sealed class DecodeLogitsCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "decode_logits";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        using var noGrad = no_grad();
        var model = context.Model(@case);
        int steps = (int)@case.Setting("steps", 1);
        Tensor feed = context.Reader.Tensor(@case.Required("feed")).to(model.Device);
        using CachedDecoding decoding = new(model, ModelBatch.Of(model, @case, context), steps);
        List<Tensor> logits = [decoding.Logits()];
        for (int step = 1; step < steps; step++)
        {
            decoding.Feed(feed.select(1, step - 1));
            logits.Add(decoding.Logits());
        }
        CheckValue want = @case.Expected("logits");
        yield return Quantity.Of("logits", stack(logits, 1), want);
        if (want.Shape is not [_, var wantedSteps, var vocabulary] || wantedSteps != steps)
            yield break; // has failed already
        foreach (var (row, sampled) in Sampled(model, @case, context, CheckValue.Of(feed), steps).Index())
            yield return Quantity.Of("logits", sampled, want.Rows(row * steps + 1, steps - 1, vocabulary)) with
            {
                Part = $"row {row} as sampled",
            };
    }

    /// <summary>For each row the logits [steps − 1, vocabulary] after its prompt's, by the model's step decoder.</summary>
    private static IEnumerable<Tensor> Sampled(VisionLanguageModel model, CheckCase @case, CheckContext context, CheckValue feed, int steps)
    {
        foreach (var (row, batch) in ModelBatch.RowsOf(model, @case, context).Index())
        {
            int length = (int)batch.Ids.size(1);
            using KeyValueCache prompt = new(model.Config, 1, length, model.Device, model.Type);
            model.Decode(batch.Embeddings, batch.Positions, null, prompt).Dispose();
            using var decoder = model.StepDecoder(1, length, steps, crowded: false);
            decoder.Enter(prompt, 0, length);
            float[] logits =
            [
                .. Enumerable
                    .Range(0, steps - 1)
                    .SelectMany(s =>
                        decoder.Step([(int)feed.Numbers[row * (int)feed.Shape[1] + s]], [batch.Next.item<long>() + s]).ToArray()
                    ),
            ];
            yield return tensor(logits, steps - 1, model.Config.Text.VocabularySize);
        }
    }
}
