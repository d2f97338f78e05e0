using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>A left-padded batch that is decoded token by token with a key/value cache. Use it under <c>no_grad</c>.</summary>
internal sealed class CachedDecoding : IDisposable
{
    private readonly VisionLanguageModel model;
    private readonly KeyValueCache cache;
    private readonly Tensor next_B;
    private Tensor attended_BS,
        hidden_B1d;
    private int step;

    /// <summary>Reads the prompts.</summary>
    public CachedDecoding(VisionLanguageModel model, ModelBatch batch, int steps)
    {
        this.model = model;
        long length = batch.Ids.size(1);
        cache = new KeyValueCache(model.Config, batch.Ids.size(0), length + steps, model.Device, model.Type);
        (attended_BS, next_B) = (batch.Attended, batch.Next);
        hidden_B1d = model.Decode(batch.Embeddings, batch.Positions, batch.Mask, cache).narrow(1, length - 1, 1);
    }

    /// <summary>Logits [B, V] of the next token.</summary>
    public Tensor Logits() => model.Logits(hidden_B1d).squeeze(1);

    /// <summary>Appends a token to every row.</summary>
    /// <param name="ids_B">int64 [B].</param>
    public void Feed(Tensor ids_B)
    {
        attended_BS = cat([attended_BS, ones(attended_BS.size(0), 1, dtype: ScalarType.Bool, device: model.Device)], 1);
        Tensor positions = (next_B + step++).reshape(1, -1, 1).expand(3, -1, 1);
        hidden_B1d = model.Decode(model.Embed(ids_B.unsqueeze(1)), positions, attended_BS.unsqueeze(1).unsqueeze(1), cache);
    }

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}
