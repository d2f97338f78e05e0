using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeoVlm.Models.Tokens;

/// <summary>Reads what Hugging Face's tokenizer files say, refusing what this tokenizer would get wrong, and copies them.</summary>
internal static class TokenizerFiles
{
    private static readonly string[] Names =
    [
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.json",
        "merges.txt",
        "added_tokens.json",
        "special_tokens_map.json",
        "chat_template.json",
        "chat_template.jinja",
        "generation_config.json",
    ];

    /// <summary>Copies the files of a tokenizer, its chat template and its ways to sample from one model folder into another.</summary>
    public static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from).Where(f => Names.Contains(Path.GetFileName(f))))
        {
            string target = Path.Combine(to, Path.GetFileName(file));
            if (Path.GetFullPath(target) != Path.GetFullPath(file))
                File.Copy(file, target, overwrite: true);
        }
    }

    /// <summary>The definition in a model folder; GeoVlmException when it is missing, malformed or of another kind.</summary>
    public static TokenizerDefinition Read(string folder)
    {
        if (File.Exists(Path.Combine(folder, "tokenizer.json")))
            return ReadOneFile(Path.Combine(folder, "tokenizer.json"));
        string vocabulary = Path.Combine(folder, "vocab.json"),
            merges = Path.Combine(folder, "merges.txt");
        if (!File.Exists(vocabulary) || !File.Exists(merges))
            throw new GeoVlmException(
                $"{folder}: found neither tokenizer.json nor vocab.json with merges.txt. Give the folder of a model "
                    + "with its tokenizer files beside the weights."
            );
        return Combine(vocabulary, merges, AddedTokensBeside(folder));
    }

    /// <summary>
    /// The definition in three files, wherever they lie, the first two perhaps gzipped: <c>vocab.json</c>, <c>merges.txt</c>, and added
    /// tokens as a list of {id, content, special} or an object of content to id.
    /// </summary>
    public static TokenizerDefinition Read(string vocabulary, string merges, string addedTokens) =>
        Combine(vocabulary, merges, AddedTokens(addedTokens));

    private static TokenizerDefinition Combine(string vocabulary, string merges, IReadOnlyList<AddedToken> added)
    {
        (string, string)[] pairs =
        [
            .. Lines(merges)
                .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
                .Select(line => Pair(line, merges)),
        ];
        return Read(
            vocabulary,
            root => new TokenizerDefinition(vocabulary, Vocabulary(root), pairs, added, WordSplitter.QwenPattern, Nfc: true)
        );
    }

    private static TokenizerDefinition ReadOneFile(string path) =>
        Read(
            path,
            root =>
            {
                JsonElement model = root.GetProperty("model");
                if (Text(model, "type") is { } type && type != "BPE")
                    throw Refused(path, $"its model is {type}, not BPE");
                if (Flag(model, "byte_fallback"))
                    throw Refused(path, "it uses byte_fallback (SentencePiece style), not byte-level BPE");
                foreach (string affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
                    if (!string.IsNullOrEmpty(Text(model, affix)))
                        throw Refused(path, $"it uses {affix}");
                (string, string)[] merges =
                [
                    .. model
                        .GetProperty("merges")
                        .EnumerateArray()
                        .Select(merge =>
                            merge.ValueKind == JsonValueKind.String
                                ? Pair(merge.GetString()!, path)
                                : (merge[0].GetString() ?? "", merge[1].GetString() ?? "")
                        ),
                ];
                List<AddedToken> added = [];
                if (root.TryGetProperty("added_tokens", out JsonElement tokens))
                    foreach (JsonElement token in tokens.EnumerateArray())
                        added.Add(Added(Checked(token.GetProperty("id").GetInt32()), token, path));
                return new TokenizerDefinition(
                    path,
                    Vocabulary(model.GetProperty("vocab")),
                    merges,
                    added,
                    Pattern(root, path),
                    Nfc(root, path),
                    Flag(model, "ignore_merges")
                );
            }
        );

    private static IReadOnlyList<AddedToken> AddedTokensBeside(string folder)
    {
        string config = Path.Combine(folder, "tokenizer_config.json"),
            plain = Path.Combine(folder, "added_tokens.json");
        if (
            File.Exists(config)
            && Read(
                config,
                root =>
                    root.TryGetProperty("added_tokens_decoder", out JsonElement decoder)
                        ? decoder.EnumerateObject().Select(entry => Added(Checked(int.Parse(entry.Name)), entry.Value, config)).ToArray()
                        : null
            )
                is { } listed
        )
            return listed;
        return File.Exists(plain) ? AddedTokens(plain) : [];
    }

    // As an object the file has no "special" flag; in Qwen's naming the marks in bars are special and the tags are not.
    private static AddedToken[] AddedTokens(string path) =>
        Read(
            path,
            root =>
                root.ValueKind == JsonValueKind.Array
                    ? root.EnumerateArray().Select(token => Added(Checked(token.GetProperty("id").GetInt32()), token, path)).ToArray()
                    : root.EnumerateObject()
                        .Select(entry => new AddedToken(
                            Checked(entry.Value.GetInt32()),
                            entry.Name,
                            entry.Name.StartsWith("<|", StringComparison.Ordinal)
                        ))
                        .ToArray()
        );

    private static AddedToken Added(int id, JsonElement token, string path)
    {
        string content = token.GetProperty("content").GetString()!;
        foreach (string option in new[] { "lstrip", "rstrip", "single_word" })
            if (Flag(token, option))
                throw Refused(path, $"its added token \"{content}\" sets {option}");
        if (content.Length == 0)
            throw Refused(path, $"its added token {id} is empty");
        return new AddedToken(id, content, Flag(token, "special"));
    }

    private static bool Nfc(JsonElement root, string path)
    {
        JsonElement[] steps = [.. Steps(root, "normalizer", "normalizers")];
        foreach (JsonElement step in steps)
            if (Text(step, "type") != "NFC")
                throw Refused(path, $"it normalizes with {Text(step, "type")}, and only NFC is known");
        return steps.Length > 0;
    }

    private static string Pattern(JsonElement root, string path)
    {
        string? pattern = null;
        bool byteLevel = false;
        foreach (JsonElement step in Steps(root, "pre_tokenizer", "pretokenizers"))
            switch (Text(step, "type"))
            {
                case "Split" when pattern is null && !byteLevel && Text(step, "behavior") == "Isolated" && !Flag(step, "invert"):
                    pattern =
                        Text(step.GetProperty("pattern"), "Regex")
                        ?? Regex.Escape(step.GetProperty("pattern").GetProperty("String").GetString()!);
                    break;
                case "ByteLevel" when !byteLevel && !Flag(step, "add_prefix_space") && !(Flag(step, "use_regex") && pattern is not null):
                    byteLevel = true;
                    if (Flag(step, "use_regex"))
                        pattern = WordSplitter.Gpt2Pattern;
                    break;
                default:
                    throw Refused(
                        path,
                        $"its pre_tokenizer step {Text(step, "type")} is none that is known here (one isolating Split, then "
                            + "ByteLevel without a prefix space)"
                    );
            }
        if (!byteLevel || pattern is null)
            throw Refused(path, "its pre_tokenizer has no ByteLevel step with a word pattern");
        // A pattern that .NET cannot read shows here, where the file is known.
        _ = new Regex(pattern);
        return pattern;
    }

    /// <summary>The steps of a stage of the pipeline: none, itself, or the parts of a Sequence.</summary>
    private static IEnumerable<JsonElement> Steps(JsonElement root, string stage, string parts)
    {
        if (!root.TryGetProperty(stage, out JsonElement step) || step.ValueKind == JsonValueKind.Null)
            return [];
        return Text(step, "type") == "Sequence" ? step.GetProperty(parts).EnumerateArray() : [step];
    }

    private static Dictionary<string, int> Vocabulary(JsonElement entries)
    {
        Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in entries.EnumerateObject())
            vocabulary.Add(entry.Name, Checked(entry.Value.GetInt32()));
        return vocabulary;
    }

    private static (string, string) Pair(string line, string path)
    {
        string[] parts = line.Split(' ');
        return parts is [{ Length: > 0 } left, { Length: > 0 } right]
            ? (left, right)
            : throw new GeoVlmException($"{path}: the merge \"{line}\" is not two tokens with a blank between. Download the file again.");
    }

    /// <summary>Refuses ids that no vocabulary has; the tables in memory are as long as the highest id.</summary>
    private static int Checked(int id) => id is >= 0 and < 1 << 24 ? id : throw new FormatException($"token id {id} is out of range.");

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static GeoVlmException Refused(string path, string why) =>
        new($"{path}: this tokenizer cannot be used: {why}. Use a model of the Qwen2.5-VL family, whose tokenizer is byte-level BPE.");

    private static Stream Open(string path) =>
        path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress)
            : File.OpenRead(path);

    private static IEnumerable<string> Lines(string path)
    {
        using StreamReader reader = new(Open(path));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>Parses a file and turns every way in which its JSON can be wrong into one error that names the file.</summary>
    private static T Read<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using Stream stream = Open(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            return read(document.RootElement);
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or IndexOutOfRangeException
                        or IOException
                        or InvalidDataException
            )
        {
            throw new GeoVlmException(
                $"{path}: malformed tokenizer file: {e.Message} Download the file again, or compare it with one of "
                    + "a published Qwen2.5-VL model.",
                e
            );
        }
    }
}
