using System.Globalization;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;

namespace GeoVlm.Workbench.Serving;

/// <summary>A request for chat completions in OpenAI's form, read and checked.</summary>
/// <param name="Model">The model that is asked for.</param>
/// <param name="Prompt">Images and text of the one user turn.</param>
/// <param name="Sampling">How completions are sampled.</param>
internal sealed record ChatRequest(string Model, Prompt Prompt, SamplingOptions Sampling)
{
    private const int MaximumImages = 16,
        MaximumChoices = 128,
        MaximumTokens = 32_768,
        MaximumStops = 16;
    private const long MaximumPixels = 50_000_000;

    /// <summary>Whether tokens are sent as they come.</summary>
    public bool Stream { get; private init; }

    /// <summary>Whether the last piece of a stream counts tokens.</summary>
    public bool StreamUsage { get; private init; }

    /// <summary>Whether each token comes with its log-probability.</summary>
    public bool LogProbs { get; private init; }

    /// <summary>Whether tokens are named <c>token_id:7</c> instead of by their text (vLLM's <c>return_tokens_as_token_ids</c>).</summary>
    public bool TokensAsIds { get; private init; }

    /// <summary>Whether the ids of prompt and completion are given (vLLM's <c>return_token_ids</c>).</summary>
    public bool TokenIds { get; private init; }

    /// <summary>Reads a request.</summary>
    /// <param name="body">The body.</param>
    /// <param name="system">The system turn that the model's template puts first by itself; null for none.</param>
    /// <exception cref="GeoVlmException">The request has a fault, or asks for what is not offered.</exception>
    public static ChatRequest Read(JsonElement body, string? system)
    {
        if (body.ValueKind != JsonValueKind.Object)
            throw new GeoVlmException("The body must be a JSON object with model and messages.");
        var (images, text) = UserTurn(body, system);
        foreach (string name in (string[])["tools", "functions", "response_format", "audio", "prediction"])
            if (Get(body, name) is not null)
                throw new GeoVlmException($"'{name}' is not offered here.");
        if (Number(body, "top_logprobs", 0) != 0)
            throw new GeoVlmException("'top_logprobs' is not offered here: only the sampled token's own log-probability is known.");
        if (Number(body, "frequency_penalty", 0) != 0 || Number(body, "presence_penalty", 0) != 0)
            throw new GeoVlmException("'frequency_penalty' and 'presence_penalty' are not offered here; 'repetition_penalty' is.");
        var sampling = new SamplingOptions
        {
            GroupSize = Whole(body, "n", 1, 1, MaximumChoices),
            Temperature = Number(body, "temperature", 1),
            TopP = Number(body, "top_p", 1),
            TopK = Math.Max(0, Whole(body, "top_k", 0, -1, int.MaxValue)),
            MinP = Number(body, "min_p", 0),
            RepetitionPenalty = Number(body, "repetition_penalty", 1),
            MaxNewTokens = Whole(body, "max_completion_tokens", Whole(body, "max_tokens", 256, 1, MaximumTokens), 1, MaximumTokens),
            StopStrings = Stops(body),
            LogitBias = Bias(body),
            Seed = Get(body, "seed") is { } seed
                ? seed.TryGetInt64(out long s)
                    ? unchecked((ulong)s)
                    : throw Wrong("seed", seed, "a whole number")
                : (ulong)Random.Shared.NextInt64(),
        };
        sampling.Validate();
        var request = new ChatRequest(
            Get(body, "model") is { ValueKind: JsonValueKind.String } model
                ? model.GetString()!
                : throw new GeoVlmException("'model' is missing."),
            new Prompt(new Sample("request", EoTask.VisualQuestionAnswering, images, text, new TextAnswer("")), text),
            sampling
        )
        {
            Stream = Flag(body, "stream"),
            LogProbs = Flag(body, "logprobs"),
            TokensAsIds = Flag(body, "return_tokens_as_token_ids"),
            TokenIds = Flag(body, "return_token_ids"),
            StreamUsage = Get(body, "stream_options") is { ValueKind: JsonValueKind.Object } options && Flag(options, "include_usage"),
        };
        if (request is { Stream: true, LogProbs: true })
            throw new GeoVlmException("'logprobs' cannot be streamed here; leave 'stream' out.");
        return request;
    }

    private static (List<GeoImage> Images, string Text) UserTurn(JsonElement body, string? system)
    {
        if (Get(body, "messages") is not { ValueKind: JsonValueKind.Array } messages)
            throw new GeoVlmException("'messages' must be a list of chat messages.");
        var turns = messages.EnumerateArray().ToList();
        if (turns is [var first, ..] && Role(first) == "system")
        {
            if (RewardText.Of(first) != system)
                throw new GeoVlmException(
                    $"The system turn of this model is {(system is null ? "none" : $"\"{system}\"")}; another is not offered here."
                );
            turns.RemoveAt(0);
        }
        if (turns is not [var turn] || Role(turn) != "user" || !turn.TryGetProperty("content", out var content))
            throw new GeoVlmException(
                "'messages' must hold one user turn, perhaps after the system turn: earlier turns are not offered here."
            );
        if (content.ValueKind == JsonValueKind.String)
            throw new GeoVlmException(
                "The user turn has no image; this model answers questions about images. Give content as parts: image_url and text."
            );
        if (content.ValueKind != JsonValueKind.Array)
            throw new GeoVlmException("The user turn's content must be a text or a list of parts.");
        var images = new List<GeoImage>();
        var texts = new List<string>();
        foreach (var part in content.EnumerateArray())
        {
            string? type =
                part.ValueKind == JsonValueKind.Object && Get(part, "type") is { ValueKind: JsonValueKind.String } t ? t.GetString() : null;
            if (type == "text" && Get(part, "text") is { ValueKind: JsonValueKind.String } text)
                texts.Add(text.GetString()!);
            else if (type == "image_url" && Get(part, "image_url") is { } image)
                images.Add(Image(image.ValueKind == JsonValueKind.Object && Get(image, "url") is { } url ? url : image, images.Count));
            else
                throw new GeoVlmException($"A part of the user turn is of type '{type}'; text and image_url are read.");
        }
        if (images.Count is 0 or > MaximumImages)
            throw new GeoVlmException($"The user turn has {images.Count} images; 1 to {MaximumImages} are read.");
        return (images, string.Join("\n", texts));
    }

    private static GeoImage Image(JsonElement url, int index)
    {
        const string start = "data:image/",
            mark = ";base64,";
        string text = url.ValueKind == JsonValueKind.String ? url.GetString()! : "";
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        // Fetching what a caller names would let him reach into this machine's network.
        if (!text.StartsWith(start, StringComparison.Ordinal) || at < 0)
            throw new GeoVlmException("An image must be a data URL, data:image/png;base64,…; other addresses are not fetched.");
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(text[(at + mark.Length)..]);
        }
        catch (FormatException)
        {
            throw new GeoVlmException($"Image {index + 1} is not valid base64.");
        }
        return GeoImage.FromMemory($"image {index + 1}", ImageDecoder.Decode(bytes, $"image {index + 1}", MaximumPixels));
    }

    private static List<string> Stops(JsonElement body)
    {
        if (Get(body, "stop") is not { } stop)
            return [];
        if (stop.ValueKind == JsonValueKind.String)
            return [stop.GetString()!];
        if (
            stop.ValueKind != JsonValueKind.Array
            || stop.GetArrayLength() > MaximumStops
            || stop.EnumerateArray().Any(s => s.ValueKind != JsonValueKind.String)
        )
            throw Wrong("stop", stop, $"a text or a list of at most {MaximumStops}");
        return [.. stop.EnumerateArray().Select(s => s.GetString()!)];
    }

    private static Dictionary<int, float>? Bias(JsonElement body)
    {
        if (Get(body, "logit_bias") is not { } bias)
            return null;
        if (bias.ValueKind != JsonValueKind.Object)
            throw Wrong("logit_bias", bias, "an object of biases by token id");
        var values = new Dictionary<int, float>();
        foreach (var entry in bias.EnumerateObject())
            values[
                int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    ? id
                    : throw Wrong("logit_bias", bias, "token ids as names")
            ] =
                entry.Value.ValueKind == JsonValueKind.Number && entry.Value.GetSingle() is >= -100 and <= 100 and var value
                    ? value
                    : throw Wrong("logit_bias", entry.Value, "numbers from -100 to 100");
        return values;
    }

    private static string? Role(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && Get(message, "role") is { ValueKind: JsonValueKind.String } role
            ? role.GetString()
            : null;

    private static JsonElement? Get(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool Flag(JsonElement body, string name) =>
        Get(body, name) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false"));

    private static double Number(JsonElement body, string name, double otherwise) =>
        Get(body, name) is not { } value ? otherwise
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : throw Wrong(name, value, "a number");

    private static int Whole(JsonElement body, string name, int otherwise, int least, int most) =>
        Get(body, name) is not { } value ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int whole) && whole >= least && whole <= most ? whole
        : throw Wrong(name, value, $"a whole number from {least} to {most}");

    private static GeoVlmException Wrong(string name, JsonElement found, string expected)
    {
        string raw = found.GetRawText();
        return new($"'{name}' is {(raw.Length > 40 ? raw[..40] + "…" : raw)}; expected {expected}.");
    }
}
