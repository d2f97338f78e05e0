using System.Globalization;
using System.Text.Json.Nodes;
using GeoVlm.Models.Weights;
using TorchSharp;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>safetensors_files</c>: valid files give type, shape and values; of the odd ones
/// some load and some must be refused, as must bad indexes.</summary>
internal sealed class SafetensorsFilesCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "safetensors_files";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        string folder = @case.File("dir");
        JsonNode expected = context.Reader.Json(JsonValue.Create(@case.Required("files")["expected"]!.GetValue<string>() + "#"))!;
        foreach (var (name, tensors) in Members(expected["valid"]))
        foreach (Quantity quantity in Valid(Path.Combine(folder, name), name, tensors))
            yield return quantity;
        foreach (var (name, verdict) in Members(expected["corrupt"]))
        {
            string path = Path.Combine(folder, "corrupt", name);
            bool loads = verdict!["loads"]!.GetValue<bool>();
            yield return new Quantity("loads", Verdict(() => ReadAll(path)), CheckValue.Of(loads ? "loads" : "refused"), Part: name);
            if (!loads || verdict["tensors"] is not JsonObject values)
                continue;
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (var (tensor, numbers) in values)
                yield return new Quantity("values", Read(file, tensor), Numbers(numbers), Part: $"{name} {tensor}");
        }
        foreach (JsonNode? index in @case.Field("refuse") as JsonArray ?? [])
        {
            string path = context.Reader.Path(index!.GetValue<string>());
            yield return new Quantity(
                "refuse",
                Verdict(() => SafetensorsShards.OpenIndex(path).Dispose()),
                CheckValue.Of("refused"),
                Part: Path.GetFileName(path)
            );
        }
    }

    private static IEnumerable<Quantity> Valid(string path, string name, JsonNode? tensors)
    {
        using SafetensorsShards files = Directory.Exists(path) ? SafetensorsShards.Open(path) : SafetensorsShards.OpenFile(path);
        yield return new Quantity(
            "names",
            CheckValue.Of(string.Join(' ', files.Names.Order(StringComparer.Ordinal))),
            CheckValue.Of(string.Join(' ', Members(tensors).Select(t => t.Key).Order(StringComparer.Ordinal))),
            Part: name
        );
        foreach (var (tensor, want) in Members(tensors))
        {
            string part = $"{name} {tensor}";
            using torch.Tensor read = files.Read(tensor);
            yield return new Quantity(
                "dtype",
                CheckValue.Of(TypeName(read.dtype)),
                CheckValue.Of(want!["dtype"]!.GetValue<string>()),
                Part: part
            );
            yield return new Quantity(
                "shape",
                CheckValue.OfIntegers(read.shape),
                CheckValue.OfIntegers(want["shape"]!.AsArray().Select(d => d!.GetValue<long>())),
                Part: part
            );
            yield return new Quantity("values", Flat(read), Numbers(want["values"]), Part: part);
        }
    }

    private static CheckValue Verdict(Action open)
    {
        try
        {
            open();
            return CheckValue.Of("loads");
        }
        catch (GeoVlmException)
        {
            return CheckValue.Of("refused");
        }
    }

    private static void ReadAll(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (string name in file.Entries.Keys)
            file.Read(name).Dispose();
    }

    private static CheckValue Read(SafetensorsFile file, string name)
    {
        using torch.Tensor tensor = file.Read(name);
        return Flat(tensor);
    }

    private static CheckValue Flat(torch.Tensor tensor) => CheckValue.Of(tensor) with { Shape = [tensor.numel()], Exact = true };

    private static CheckValue Numbers(JsonNode? values) =>
        CheckValue.Of(
            values!
                .AsArray()
                .Select(v =>
                    v!.GetValueKind() == System.Text.Json.JsonValueKind.Number
                        ? v.GetValue<double>()
                        : v.ToString() switch
                        {
                            "nan" => double.NaN,
                            "inf" => double.PositiveInfinity,
                            "-inf" => double.NegativeInfinity,
                            var text => double.Parse(text, CultureInfo.InvariantCulture),
                        }
                )
        );

    private static string TypeName(torch.ScalarType type) => type == torch.ScalarType.Byte ? "uint8" : type.ToString().ToLowerInvariant();

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(JsonNode? node) => node as JsonObject ?? [];
}
