using System.Globalization;
using System.Text.Json.Nodes;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Weights;

public class SafetensorsTests
{
    [Fact]
    public void Valid_files_have_the_values_of_the_reference()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((string file, JsonNode? tensors) in Golden.Json("safetensors/expected.json")["valid"]!.AsObject())
        {
            using SafetensorsShards shards = file.EndsWith('/')
                ? SafetensorsShards.Open(Golden.Folder($"safetensors/{file}"))
                : Copy(Golden.Folder($"safetensors/{file}"));
            foreach ((string name, JsonNode? expected) in tensors!.AsObject())
            {
                if (expected is not JsonObject { Count: > 0 } || expected["values"] is null)
                    continue;
                Assert.Equal(expected["shape"]!.AsArray().Select(d => d!.GetValue<long>()), shards.Find(name).Entry.Shape);
                double[] values = [.. expected["values"]!.AsArray().Select(v => Number(v!.GetValue<string>()))];
                Assert.Equal(values, shards.Read(name, ScalarType.Float64).reshape(-1).data<double>().ToArray());
            }
        }

        static double Number(string text) =>
            text switch
            {
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                "nan" => double.NaN,
                _ => double.Parse(text, CultureInfo.InvariantCulture),
            };

        static SafetensorsShards Copy(string file)
        {
            string folder = Directory.CreateTempSubdirectory().FullName;
            File.Copy(file, Path.Combine(folder, "model.safetensors"));
            SafetensorsShards shards = SafetensorsShards.Open(folder);
            Directory.Delete(folder, recursive: true); // the mapping keeps the data
            return shards;
        }
    }

    [Fact]
    public void Damaged_files_are_refused_with_their_name()
    {
        foreach ((string file, JsonNode? verdict) in Golden.Json("safetensors/expected.json")["corrupt"]!.AsObject())
        {
            string path = Golden.Folder($"safetensors/corrupt/{file}");
            if (verdict!["loads"]!.GetValue<bool>())
                SafetensorsFile.Open(path).Dispose();
            else
                Assert.Contains(file, Assert.Throws<GeoVlmException>(() => SafetensorsFile.Open(path)).Message);
        }
        foreach (string index in (string[])["escape", "missing_shard", "no_map"])
            Assert.Throws<GeoVlmException>(() => SafetensorsShards.OpenIndex(Golden.Folder($"safetensors/sharded_bad/{index}.index.json")));
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "x.safetensors");
        using DisposeScope scope = NewDisposeScope();
        Tensor a = randn(3, 5),
            b = arange(7),
            scalar = tensor(1.5f),
            empty = zeros(0, 4);
        SafetensorsWriter.Write(path, [("a", a.t()), ("b", b), ("weird/ü\"", scalar), ("empty", empty)]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.True(a.t().eq(file.Read("a")).all().item<bool>());
        Assert.True(b.eq(file.Read("b")).all().item<bool>());
        Assert.Equal(1.5f, file.Read("weird/ü\"").item<float>());
        Assert.Equal([0, 4], file.Read("empty").shape);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)); // nothing is left beside it
    }
}
