using TorchSharp;

namespace GeoVlm.Models.Weights;

/// <summary>The element types of safetensors files.</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Name, int Bytes, torch.ScalarType? Torch)[] Known =
    [
        ("F32", 4, torch.ScalarType.Float32),
        ("BF16", 2, torch.ScalarType.BFloat16),
        ("F16", 2, torch.ScalarType.Float16),
        ("F64", 8, torch.ScalarType.Float64),
        ("I64", 8, torch.ScalarType.Int64),
        ("I32", 4, torch.ScalarType.Int32),
        ("I16", 2, torch.ScalarType.Int16),
        ("I8", 1, torch.ScalarType.Int8),
        ("U8", 1, torch.ScalarType.Byte),
        ("BOOL", 1, torch.ScalarType.Bool),
        ("U64", 8, null),
        ("U32", 4, null),
        ("U16", 2, null),
        ("F8_E5M2", 1, null),
        ("F8_E4M3", 1, null),
    ];

    /// <summary>Bytes of one element, or 0 for a name that the format does not know.</summary>
    public static int Bytes(string name) => Known.FirstOrDefault(t => t.Name == name).Bytes;

    /// <summary>libtorch's type of that name, or null where there is none.</summary>
    public static torch.ScalarType? ToTorch(string name) => Known.FirstOrDefault(t => t.Name == name).Torch;

    /// <summary>The file's name of a type, or null where the format has none.</summary>
    public static string? FromTorch(torch.ScalarType type) => Known.FirstOrDefault(t => t.Torch == type).Name;
}
