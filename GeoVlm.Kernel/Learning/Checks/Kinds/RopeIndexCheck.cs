using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>rope_index</c>: token ids and grids to <c>position_ids</c> [3, rows, tokens] and <c>rope_deltas</c> [rows, 1].</summary>
internal sealed class RopeIndexCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "rope_index";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        bool inline = @case.Field("input_ids") is not null; // one row, written out
        Tensor Read(string name) =>
            inline ? context.Reader.Tensor(@case.Required(name)).to(ScalarType.Int64).unsqueeze(0) : @case.Input(name);
        bool Has(string name) => inline ? @case.Field(name) is not null : @case.HasInput(name);
        VisualGrid[] Grids(string name) => Has(name) ? [.. CheckContext.Grids(CheckValue.Of(Read(name)))] : [];
        double[]? seconds = Has("second_per_grid_ts")
            ? CheckValue.Of(inline ? context.Reader.Tensor(@case.Field("second_per_grid_ts")) : Read("second_per_grid_ts")).Numbers
            : null;
        Tensor ids = Read("input_ids"),
            attended = Has("attention_mask") ? Read("attention_mask").@bool() : ones_like(ids).@bool();
        var config = Qwen25VlConfig.Load(context.ModelFolder(@case));
        var batch = RowPositions.Of(config, ids, attended, Grids("image_grid_thw"), Grids("video_grid_thw"), seconds);
        CheckValue Want(string name, string inlineName) => inline ? context.Reader.Value(@case.Required(inlineName)) : @case.Expected(name);
        if (inline || @case.Expects("position_ids"))
            yield return Quantity.Of("position_ids", batch.Positions, Want("position_ids", "position_ids"), attended.unsqueeze(0));
        if (inline || @case.Expects("rope_deltas"))
            yield return Quantity.Of("rope_deltas", batch.Deltas, Want("rope_deltas", "rope_delta"));
    }
}
