namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Addresses of a decoder layer's weights.</summary>
internal sealed class HostLayer(LanguageModel.Layer layer)
{
    public nint InputNorm { get; } = HostLinear.Address(layer.InputNorm);
    public nint PostAttentionNorm { get; } = HostLinear.Address(layer.PostAttentionNorm);
    public HostLinear Query { get; } = new(layer.Query);
    public HostLinear Key { get; } = new(layer.Key);
    public HostLinear Value { get; } = new(layer.Value);
    public HostLinear Output { get; } = new(layer.Output);
    public HostLinear Gate { get; } = new(layer.Gate);
    public HostLinear Up { get; } = new(layer.Up);
    public HostLinear Down { get; } = new(layer.Down);
    public IEnumerable<HostLinear> All => [Query, Key, Value, Output, Gate, Up, Down];
}
