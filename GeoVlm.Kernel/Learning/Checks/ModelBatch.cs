using GeoVlm.Models;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>A padded batch as the reference takes it, ready for the decoder. Legend:
/// B rows, T tokens with padding, d hidden size.</summary>
/// <param name="Ids">int64 [B, T].</param>
/// <param name="Attended">bool [B, T]: false at padding.</param>
/// <param name="Embeddings">[B, T, d] with visual tokens in place.</param>
/// <param name="Positions">int64 [3, B, T].</param>
/// <param name="Mask">bool [B, 1, T, T]: causal, without padding; a padded token sees
/// itself, since every row of attention needs something.</param>
/// <param name="Next">int64 [B]: position of the token that follows.</param>
internal sealed record ModelBatch(Tensor Ids, Tensor Attended, Tensor Embeddings, Tensor Positions, Tensor Mask, Tensor Next)
{
    /// <summary>The batch of a case: its <c>input_ids</c>, <c>attention_mask</c> and images.</summary>
    public static ModelBatch Of(VisionLanguageModel model, CheckCase @case, CheckContext context)
    {
        Tensor ids = @case.Input("input_ids");
        return Of(
            model,
            ids,
            @case.HasInput("attention_mask") ? @case.Input("attention_mask").@bool() : ones_like(ids).@bool(),
            context.Visuals(@case)
        );
    }

    /// <summary>The rows of a case one by one, without padding, each with the images whose placeholders it has.</summary>
    public static IEnumerable<ModelBatch> RowsOf(VisionLanguageModel model, CheckCase @case, CheckContext context)
    {
        Tensor ids_BT = @case.Input("input_ids"),
            attended_BT = @case.HasInput("attention_mask") ? @case.Input("attention_mask").@bool() : ones_like(ids_BT).@bool();
        var visuals = context.Visuals(@case);
        int image = 0,
            patch = 0;
        for (long row = 0; row < ids_BT.size(0); row++)
        {
            Tensor ids = ids_BT[row].masked_select(attended_BT[row]).unsqueeze(0);
            long placeholders = ids.eq(model.Config.Tokens.Image).sum().item<long>();
            (int firstImage, int firstPatch) = (image, patch);
            for (; placeholders > 0; placeholders -= visuals!.Value.Grids[image++].Tokens(model.Config.Vision.MergeSize))
                patch += visuals!.Value.Grids[image].Patches;
            yield return Of(
                model,
                ids,
                ones_like(ids).@bool(),
                image == firstImage
                    ? null
                    : (
                        visuals!.Value.PixelValues.narrow(0, firstPatch, patch - firstPatch),
                        [.. visuals.Value.Grids.Skip(firstImage).Take(image - firstImage)]
                    )
            );
        }
    }

    /// <summary>The batch of these tokens.</summary>
    public static ModelBatch Of(
        VisionLanguageModel model,
        Tensor ids_BT,
        Tensor attended_BT,
        (Tensor PixelValues, IReadOnlyList<VisualGrid> Grids)? visuals
    )
    {
        var rope = RowPositions.Of(model.Config, ids_BT, attended_BT, visuals?.Grids ?? [], []);
        (ids_BT, attended_BT) = (ids_BT.to(model.Device), attended_BT.to(model.Device));
        Tensor embeddings = model.Embed(ids_BT);
        if (visuals is { } seen)
        {
            Tensor tokens = model.EncodeVisual(seen.PixelValues.to(embeddings.dtype), seen.Grids);
            Tensor places = ids_BT.eq(model.Config.Tokens.Image).logical_and(attended_BT).reshape(-1).nonzero().squeeze(1);
            if (places.size(0) != tokens.size(0))
                throw new GeoVlmException($"The batch has {places.size(0)} image placeholders, its images need {tokens.size(0)}.");
            embeddings = embeddings.reshape(-1, embeddings.size(2)).index_copy(0, places, tokens).reshape(embeddings.shape);
        }
        long length = ids_BT.size(1);
        Tensor causal = ones(length, length, dtype: ScalarType.Bool, device: model.Device).tril();
        Tensor mask = causal
            .logical_and(attended_BT.unsqueeze(1).unsqueeze(1))
            .logical_or(eye(length, dtype: ScalarType.Bool, device: model.Device));
        return new(ids_BT, attended_BT, embeddings, rope.Positions.to(model.Device), mask, rope.Next.to(model.Device));
    }
}
