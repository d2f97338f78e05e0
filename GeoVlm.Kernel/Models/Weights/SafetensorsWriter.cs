using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace GeoVlm.Models.Weights;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes the tensors in the given order. The file appears complete or not at
    /// all: it is written beside its place and renamed.</summary>
    /// <param name="path">The file; replaced if there.</param>
    /// <param name="tensors">Names and tensors, on any device; none is changed.</param>
    /// <param name="type">Element type to store; null keeps each tensor's.</param>
    /// <exception cref="GeoVlmException">The file cannot be written, or an element type has no place in the format.</exception>
    public static void Write(string path, IEnumerable<(string Name, torch.Tensor Tensor)> tensors, torch.ScalarType? type = null)
    {
        (string Name, torch.Tensor Tensor)[] all = [.. tensors];
        JsonObject header = new() { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
        long offset = 0;
        foreach ((string name, torch.Tensor tensor) in all)
        {
            torch.ScalarType stored = type ?? tensor.dtype;
            string typeName =
                SafetensorsTypes.FromTorch(stored)
                ?? throw new GeoVlmException($"{path}: tensor '{name}' is {stored}, which safetensors cannot hold.");
            long end = offset + tensor.numel() * SafetensorsTypes.Bytes(typeName);
            header[name] = new JsonObject
            {
                ["dtype"] = typeName,
                ["shape"] = new JsonArray([.. tensor.shape.Select(d => (JsonNode)d)]),
                ["data_offsets"] = new JsonArray(offset, end),
            };
            offset = end;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(
            header,
            new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        AtomicFile.Write(
            path,
            stream =>
            {
                Span<byte> length = stackalloc byte[8];
                int padding = (8 - json.Length % 8) % 8; // data aligned to 8 bytes, as the reference writer does
                BinaryPrimitives.WriteInt64LittleEndian(length, json.Length + padding);
                stream.Write(length);
                stream.Write(json);
                stream.Write("       "u8[..padding]);
                foreach ((_, torch.Tensor tensor) in all)
                {
                    if (tensor.numel() == 0)
                        continue;
                    using torch.Tensor detached = tensor.detach();
                    using torch.Tensor onHost = detached.to(type ?? tensor.dtype, torch.CPU);
                    using torch.Tensor packed = onHost.contiguous();
                    using torch.Tensor flat = packed.view(-1);
                    for (long from = 0, count; from < flat.numel(); from += count)
                    {
                        count = Math.Min(SafetensorsFile.Piece, flat.numel() - from);
                        using torch.Tensor piece = flat.narrow(0, from, count);
                        stream.Write(piece.bytes);
                    }
                }
            }
        );
    }
}
