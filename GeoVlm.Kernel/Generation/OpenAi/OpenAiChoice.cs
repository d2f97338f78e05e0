using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GeoVlm.Generation.OpenAi;

/// <summary>One completion while its pieces arrive: whole, or token by token.</summary>
internal sealed class OpenAiChoice
{
    private const string IdPrefix = "token_id:";
    private readonly StringBuilder text = new();
    private readonly List<int> named = [],
        given = [];
    private readonly List<float> logProbs = [];
    private string? finish;

    /// <summary>Whether the server said why it ended.</summary>
    public bool IsComplete => finish is not null;

    /// <summary>Takes in a choice of an answer, or of a piece of a stream.</summary>
    /// <param name="choice">The object in <c>choices</c>.</param>
    /// <returns>What it adds: text and the tokens that it names.</returns>
    /// <exception cref="JsonException">It has not the shape of the interface.</exception>
    public (string Text, IReadOnlyList<int> Tokens) Take(JsonElement choice)
    {
        string added = "";
        if ((Get(choice, "message") ?? Get(choice, "delta")) is { } message && Get(message, "content") is { } content)
            added = content.ValueKind == JsonValueKind.String ? content.GetString()! : throw new JsonException("content is no text");
        text.Append(added);
        int before = named.Count;
        if (Get(choice, "logprobs") is { } logs && Get(logs, "content") is { ValueKind: JsonValueKind.Array } tokens)
            foreach (var token in tokens.EnumerateArray())
                TakeToken(token);
        if (Get(choice, "token_ids") is { ValueKind: JsonValueKind.Array } ids)
            given.AddRange(ids.EnumerateArray().Select(i => i.GetInt32()));
        if (Get(choice, "finish_reason") is { ValueKind: JsonValueKind.String } reason)
            finish = reason.GetString();
        return (added, named[before..]);
    }

    /// <summary>The rollout, once complete.</summary>
    /// <param name="needLogProbs">Whether tokens and log-probabilities must be there.</param>
    /// <param name="encode">Tokens of a text, where the server names none and none are needed.</param>
    /// <exception cref="GeoVlmException">The server does not give what is needed.</exception>
    public Rollout ToRollout(bool needLogProbs, Func<string, IReadOnlyList<int>> encode)
    {
        var reason = finish == "length" ? FinishReason.Length : FinishReason.Stop;
        var ids = given.Count > 0 ? given : named;
        if (!needLogProbs)
        {
            var tokens = ids.Count > 0 && logProbs.Count == ids.Count ? ids : encode(text.ToString());
            return new Rollout(
                text.ToString(),
                [.. tokens],
                logProbs.Count == tokens.Count ? [.. logProbs] : new float[tokens.Count],
                reason
            );
        }
        if (logProbs.Count == 0 && text.Length > 0)
            throw new GeoVlmException(
                "The server gives no log-probabilities, which training needs. vLLM and SGLang do; or set LogProbs = false to evaluate only."
            );
        if (ids.Count != logProbs.Count)
            throw new GeoVlmException(
                $"The server names {ids.Count} tokens for {logProbs.Count} log-probabilities. Start vLLM with --return-tokens-as-token-ids, or use one that knows return_token_ids."
            );
        return new Rollout(text.ToString(), [.. ids], [.. logProbs], reason);
    }

    private void TakeToken(JsonElement token)
    {
        float logProb = Get(token, "logprob") is { ValueKind: JsonValueKind.Number } value
            ? value.GetSingle()
            : throw new JsonException("a token has no logprob");
        logProbs.Add(Math.Min(0, logProb));
        if (
            Get(token, "token") is { ValueKind: JsonValueKind.String } text
            && text.GetString()!.StartsWith(IdPrefix, StringComparison.Ordinal)
            && int.TryParse(text.GetString().AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
        )
            named.Add(id);
    }

    private static JsonElement? Get(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
}
