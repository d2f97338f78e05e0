using GeoVlm.Models.Native;

namespace GeoVlm.Models.Qwen25Vl;

/// <summary>Addresses of a decoder layer's weights.</summary>
internal sealed class HostLayer(LanguageModel.Layer layer, HostMemory memory)
{
    public nint InputNorm { get; } = layer.InputNorm.Address();
    public nint PostAttentionNorm { get; } = layer.PostAttentionNorm.Address();
    public HostLinear Query { get; } = new(layer.Query, memory);
    public HostLinear Key { get; } = new(layer.Key, memory);
    public HostLinear Value { get; } = new(layer.Value, memory);
    public HostLinear Output { get; } = new(layer.Output, memory);
    public HostLinear Gate { get; } = new(layer.Gate, memory);
    public HostLinear Up { get; } = new(layer.Up, memory);
    public HostLinear Down { get; } = new(layer.Down, memory);
    public IEnumerable<HostLinear> All => [Query, Key, Value, Output, Gate, Up, Down];
}
