using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Models.Tokens;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Models.Tokens;

/// <summary>Qwen2.5-VL's own tokenizer out of the goldens, in both of the forms in which models carry it.</summary>
public static class GoldenTokenizer
{
    private static readonly Lazy<TextTokenizer> Loaded = new(() => Load(WriteVocabularyAndMerges));

    /// <summary>The tokenizer, loaded once from vocab.json, merges.txt and tokenizer_config.json.</summary>
    public static TextTokenizer Require()
    {
        SharedFolder.Require("goldens/tokenizer/vocab.json.gz");
        return Loaded.Value;
    }

    /// <summary>The cases of a golden file, as (element) rows.</summary>
    public static JsonElement[] Cases(string file, string list = "cases") =>
        [
            .. JsonDocument
                .Parse(File.ReadAllText(SharedFolder.Require($"goldens/tokenizer/{file}")))
                .RootElement.GetProperty(list)
                .EnumerateArray(),
        ];

    /// <summary>The ids of a golden case.</summary>
    public static int[] Ids(JsonElement golden) => [.. golden.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Loads from a folder that lives only for the call.</summary>
    public static TextTokenizer Load(Action<string> write)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("geovlm-tokenizer-");
        try
        {
            write(folder.FullName);
            return TextTokenizer.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Writes the three-file form.</summary>
    public static void WriteVocabularyAndMerges(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "vocab.json"), Unzip("vocab.json.gz"));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), Unzip("merges.txt.gz"));
        JsonObject decoder = [];
        foreach (JsonNode? token in AddedTokens())
            decoder[token!["id"]!.ToString()] = token.DeepClone();
        File.WriteAllText(
            Path.Combine(folder, "tokenizer_config.json"),
            new JsonObject { ["added_tokens_decoder"] = decoder }.ToJsonString()
        );
    }

    /// <summary>Writes the one-file form, with each merge as one text.</summary>
    public static void WriteTokenizerJson(string folder)
    {
        string[] merges = [.. Unzip("merges.txt.gz").Split('\n').Skip(1).Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0)];
        File.WriteAllText(
            Path.Combine(folder, "tokenizer.json"),
            $$"""
            {"added_tokens": {{AddedTokens().ToJsonString()}},
             "normalizer": {"type": "NFC"},
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
               {"type": "Split", "pattern": {"Regex": {{JsonSerializer.Serialize(
                WordSplitter.QwenPattern
            )}} }, "behavior": "Isolated", "invert": false},
               {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]},
             "model": {"type": "BPE", "vocab": {{Unzip("vocab.json.gz")}}, "merges": {{JsonSerializer.Serialize(merges)}} } }
            """
        );
    }

    private static JsonArray AddedTokens() =>
        JsonNode.Parse(File.ReadAllText(SharedFolder.Require("goldens/tokenizer/added_tokens.json")))!.AsArray();

    private static string Unzip(string name)
    {
        using StreamReader reader = new(
            new GZipStream(File.OpenRead(SharedFolder.Require($"goldens/tokenizer/{name}")), CompressionMode.Decompress)
        );
        return reader.ReadToEnd();
    }
}
