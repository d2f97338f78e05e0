using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>smart_resize</c>: a picture's size to <c>out</c> [height, width]; a case with <c>error</c> must be refused.</summary>
internal sealed class SmartResizeCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "smart_resize";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        int Number(string name) => @case.Required(name).GetValue<int>();
        bool refusal = @case.Field("error") is not null;
        CheckValue got;
        try
        {
            var (width, height) = ImagePreprocessor.SmartResize(
                Number("width"),
                Number("height"),
                Number("factor"),
                Number("min_pixels"),
                Number("max_pixels")
            );
            got = CheckValue.OfIntegers([height, width]);
        }
        catch (GeoVlmException e) when (refusal)
        {
            return [new Quantity("error", CheckValue.Of("refused"), CheckValue.Of(e.Message.Length > 0 ? "refused" : "a reason"))];
        }
        return refusal
            ? [new Quantity("error", got with { Text = got.Describe() }, CheckValue.Of("refused"))]
            : [new Quantity("out", got, context.Reader.Value(@case.Required("out")))];
    }
}
