using System.ClientModel;
using System.ClientModel.Primitives;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;
using OpenAI;
using OpenAI.Chat;

namespace GeoVlm.Judging.Rewards.Judges;

/// <summary>A grade of 0 to 10 by a language model behind an OpenAI-compatible endpoint,
/// over 10. Cached on disk and within a budget of calls.</summary>
/// <remarks>It is the one reward that is not pure by itself; the cache makes it so: a question once answered is answered alike ever after.
/// Temperature 0. The answer is put between marks that it cannot close. A grade outside 0 to 10, or none, scores 0.</remarks>
public sealed partial class LanguageModelReward : IReward
{
    private const int LongestText = 4000;
    private readonly JudgeOptions options;
    private readonly ChatClient client;
    private readonly Dictionary<string, string> memory = [];
    private int calls;

    /// <summary>The reward; nothing is sent yet.</summary>
    /// <exception cref="GeoVlmException">An option is out of range.</exception>
    public LanguageModelReward(JudgeOptions options)
    {
        options.Validate();
        this.options = options;
        client = new ChatClient(
            options.Model,
            new ApiKeyCredential(options.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = options.Endpoint,
                NetworkTimeout = options.TimeLimit,
                RetryPolicy = new ClientRetryPolicy(1),
            }
        );
    }

    /// <inheritdoc/>
    public string Name => "llm-judge";

    /// <inheritdoc/>
    public string Summary => $"grade of 0 to 10 by {options.Model} at {options.Endpoint.Host}, over 10";

    /// <summary>Questions sent so far; those answered by the cache are not among them.</summary>
    public int Calls => calls;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        if (completion.Answer is null || completion.WrittenAnswer is not { } written)
            return RewardScore.Unreadable(completion);
        // In one pass: what is put in may hold a placeholder itself.
        string prompt = Placeholder()
            .Replace(
                options.Prompt,
                match =>
                    Bare(
                        match.Value switch
                        {
                            "{question}" => sample.Question,
                            "{reference}" => AnswerText.Write(sample, completion.WrittenFrame ?? References.FrameOf(sample)),
                            "{reasoning}" => completion.Reasoning,
                            _ => written,
                        }
                    )
            );
        string reply;
        lock (memory)
            reply = Ask(prompt);
        return NumberWords.Read(reply) is >= 0 and <= 10 and var grade
            ? new(grade / 10, $"grade {grade:0.#}")
            : new(0, $"no grade in '{reply[..Math.Min(reply.Length, 40)]}'");
    }

    private string Ask(string prompt)
    {
        string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Model}\n{prompt}")));
        if (memory.TryGetValue(key, out string? known))
            return known;
        string? file = options.CacheFolder is { } folder ? Path.Combine(folder, key[..2], key + ".txt") : null;
        if (file is not null && File.Exists(file))
            return memory[key] = File.ReadAllText(file);
        if (calls >= options.MostCalls)
            throw new GeoVlmException($"'{Name}' has asked {calls} times, its budget (JudgeOptions.MostCalls)");
        calls++;
        string reply = Send(prompt);
        if (file is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            string beside = $"{file}.{Environment.ProcessId}.new";
            File.WriteAllText(beside, reply);
            File.Move(beside, file, overwrite: true);
        }
        return memory[key] = reply;
    }

    private string Send(string prompt)
    {
        try
        {
            var answer = client
                .CompleteChat([new UserChatMessage(prompt)], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 8 })
                .Value;
            return answer.Content.Count > 0 ? answer.Content[0].Text.Trim() : "";
        }
        catch (Exception e) when (e is ClientResultException or HttpRequestException or TaskCanceledException or AggregateException)
        {
            throw new GeoVlmException($"the judge at {options.Endpoint} did not answer: {e.Message.Split('\n')[0]}", e);
        }
    }

    [GeneratedRegex(@"\{(?:question|reference|answer|reasoning)\}")]
    private static partial Regex Placeholder();

    // A completion must not close the marks that hold it.
    private static string Bare(string text) =>
        (text.Length <= LongestText ? text : text[..LongestText]).Replace("<<", "‹‹").Replace(">>", "››");
}
