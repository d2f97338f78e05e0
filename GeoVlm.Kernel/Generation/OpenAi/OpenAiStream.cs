using System.Net.ServerSentEvents;
using System.Text.Json;

namespace GeoVlm.Generation.OpenAi;

/// <summary>An answer that comes in pieces, as server-sent events.</summary>
internal static class OpenAiStream
{
    /// <summary>Reads all pieces.</summary>
    /// <param name="response">The answer, at its start.</param>
    /// <param name="told">Hears of every piece as it comes: index of the completion, text,
    /// token (the last of the piece; −1 where none is named).</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="JsonException">A piece has not the shape of the interface, or
    /// the stream ends before every completion did.</exception>
    public static async Task<IReadOnlyList<OpenAiChoice>> Read(
        HttpResponseMessage response,
        Action<int, string, int> told,
        CancellationToken cancellation
    )
    {
        var choices = new SortedDictionary<int, OpenAiChoice>();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        bool done = false;
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellation).ConfigureAwait(false))
        {
            done = item.Data == "[DONE]";
            if (done)
                break;
            using var piece = JsonDocument.Parse(item.Data);
            if (
                piece.RootElement.ValueKind != JsonValueKind.Object
                || !piece.RootElement.TryGetProperty("choices", out var list)
                || list.ValueKind != JsonValueKind.Array
            )
                throw new JsonException("a piece holds no choices");
            foreach (var part in list.EnumerateArray())
            {
                int index = part.TryGetProperty("index", out var i) ? i.GetInt32() : 0;
                if (!choices.TryGetValue(index, out var choice))
                    choices[index] = choice = new OpenAiChoice();
                var (text, tokens) = choice.Take(part);
                if (text.Length > 0 || tokens.Count > 0)
                    told(index, text, tokens.Count > 0 ? tokens[^1] : -1);
            }
        }
        if (!done || choices.Values.Any(c => !c.IsComplete))
            throw new JsonException("the stream ended before every completion did");
        return [.. choices.Values];
    }
}
