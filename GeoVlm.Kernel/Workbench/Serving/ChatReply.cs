using System.Text;
using GeoVlm.Generation;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Workbench.Serving;

/// <summary>Answers in OpenAI's form.</summary>
/// <param name="model">Name of the model.</param>
/// <param name="tokenizer">Names tokens.</param>
internal sealed class ChatReply(string model, TextTokenizer tokenizer)
{
    private readonly string id = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>The whole answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="group">What was sampled.</param>
    /// <param name="promptIds">Tokens of the prompt.</param>
    public object Whole(ChatRequest request, RolloutGroup group, IReadOnlyList<int> promptIds)
    {
        var answer = new Dictionary<string, object?>
        {
            ["id"] = id,
            ["object"] = "chat.completion",
            ["created"] = created,
            ["model"] = model,
            ["choices"] = group.Rollouts.Select((rollout, index) => Choice(request, rollout, index)),
            ["usage"] = Usage(promptIds.Count, group.Rollouts.Sum(r => r.TokenIds.Count)),
        };
        if (request.TokenIds)
            answer["prompt_token_ids"] = promptIds;
        return answer;
    }

    /// <summary>A piece of a stream.</summary>
    /// <param name="index">Which completion.</param>
    /// <param name="delta">What it adds.</param>
    /// <param name="finish">Why it ended; null while it goes on.</param>
    public object Piece(int index, object delta, string? finish) =>
        new Dictionary<string, object?>
        {
            ["id"] = id,
            ["object"] = "chat.completion.chunk",
            ["created"] = created,
            ["model"] = model,
            ["choices"] = new[]
            {
                new Dictionary<string, object?>
                {
                    ["index"] = index,
                    ["delta"] = delta,
                    ["finish_reason"] = finish,
                },
            },
        };

    /// <summary>The piece that counts tokens, last in a stream.</summary>
    public object UsagePiece(int prompt, int completion) =>
        new Dictionary<string, object?>
        {
            ["id"] = id,
            ["object"] = "chat.completion.chunk",
            ["created"] = created,
            ["model"] = model,
            ["choices"] = Array.Empty<object>(),
            ["usage"] = Usage(prompt, completion),
        };

    /// <summary>OpenAI's word for why a completion ended.</summary>
    public static string Finish(FinishReason finish) => finish == FinishReason.Stop ? "stop" : "length";

    private Dictionary<string, object?> Choice(ChatRequest request, Rollout rollout, int index)
    {
        var choice = new Dictionary<string, object?>
        {
            ["index"] = index,
            ["message"] = new { role = "assistant", content = rollout.Text },
            ["finish_reason"] = Finish(rollout.Finish),
            ["logprobs"] = request.LogProbs
                ? new { content = rollout.TokenIds.Zip(rollout.LogProbs, (token, logProb) => LogProb(request, token, logProb)) }
                : null,
        };
        if (request.TokenIds)
            choice["token_ids"] = rollout.TokenIds;
        return choice;
    }

    private object LogProb(ChatRequest request, int token, float logProb)
    {
        string text = tokenizer.Decode([token], skipSpecialTokens: false);
        return new
        {
            token = request.TokensAsIds ? $"token_id:{token}" : text,
            logprob = logProb,
            bytes = Encoding.UTF8.GetBytes(text).Select(b => (int)b),
            top_logprobs = Array.Empty<object>(),
        };
    }

    private static object Usage(int prompt, int completion) =>
        new
        {
            prompt_tokens = prompt,
            completion_tokens = completion,
            total_tokens = prompt + completion,
        };
}
