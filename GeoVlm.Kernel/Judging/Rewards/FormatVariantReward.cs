using System.Text.Json;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>The think/answer format as other projects check it. Each is named after
/// what it asks for; see its summary for whose it is.</summary>
public sealed partial class FormatVariantReward : IReward
{
    // Without backtracking: the text is a model's, and two lazy runs would take time beyond linear. Such a regex cannot be generated.
    private static readonly Regex WholeText = new(
        @"\A<think>.*?</think>\s*<answer>.*?</answer>\z",
        RegexOptions.Singleline | RegexOptions.NonBacktracking
    );
    private static readonly Regex OneLineText = new(@"\A<think>.*?</think>\s*<answer>.*?</answer>", RegexOptions.NonBacktracking);

    private static readonly string[] Tags =
    [
        ResponseFormat.ThinkOpen,
        ResponseFormat.ThinkClose,
        ResponseFormat.AnswerOpen,
        ResponseFormat.AnswerClose,
    ];
    private readonly Func<ParsedCompletion, (double Value, string Reason)> check;

    private FormatVariantReward(string name, string summary, Func<ParsedCompletion, (double, string)> check) =>
        (Name, Summary, this.check) = (name, summary, check);

    /// <summary>The whole text, and line ends count as any character; what stands inside the pairs is not looked at.</summary>
    public static FormatVariantReward FullMatch { get; } =
        new(
            "format-fullmatch",
            "the whole text is think…/think answer…/answer, whatever is inside (VLM-R1, R1-V)",
            c => Whether(WholeText.IsMatch(c.Text))
        );

    /// <summary>From the start, on one line.</summary>
    public static FormatVariantReward Prefix { get; } =
        new(
            "format-prefix",
            "begins with both pairs on one line; a line end inside fails (open-r1-multimodal)",
            c => Whether(OneLineText.IsMatch(c.Text))
        );

    /// <summary>Both pairs somewhere, and a box inside braces in the answer.</summary>
    public static FormatVariantReward Search { get; } =
        new(
            "format-search",
            "both pairs somewhere, with {…[x, y, x, y]…} in the answer (VLM-R1 REC)",
            c =>
                Whether(
                    c.WrittenAnswer is { } answer
                        && c.Text.Contains(ResponseFormat.ThinkClose, StringComparison.Ordinal)
                        && BracedBox().IsMatch(answer)
                )
        );

    /// <summary>Each tag exactly once, in order.</summary>
    public static FormatVariantReward Once { get; } =
        new(
            "format-once",
            "each tag exactly once and in order (MM-Eureka pays 0.5 for it, SeekWorld too)",
            c =>
                Whether(
                    Tags.All(t => Occurrences(c.Text, t) == 1)
                        && Tags.Select(t => c.Text.IndexOf(t, StringComparison.Ordinal)) is var at
                        && at.SequenceEqual(at.Order())
                )
        );

    /// <summary>A part for each instruction kept, the last ones worth more.</summary>
    public static FormatVariantReward Progressive { get; } =
        new(
            "format-progressive",
            "(e^m − 1) / (e^n − 1) for m of n = 5 instructions kept (RS-EoT)",
            c =>
            {
                bool[] kept = [.. Tags.Select(t => Occurrences(c.Text, t) == 1), c.StrictFormat];
                return (
                    (Math.Exp(kept.Count(k => k)) - 1) / (Math.Exp(kept.Length) - 1),
                    $"{kept.Count(k => k)} of {kept.Length} instructions kept"
                );
            }
        );

    /// <summary>The answer is JSON whose boxes have four numbers each.</summary>
    public static FormatVariantReward Json { get; } =
        new(
            "format-json",
            "the answer is JSON, every bbox_2d in it four numbers (Vision-R1)",
            c => Whether(c.WrittenAnswer is { } answer && IsBoxJson(answer))
        );

    /// <summary>Reasoning, and objects with a box of four and a point of two numbers.</summary>
    public static FormatVariantReward Objects { get; } =
        new(
            "format-objects",
            "(1 for the pairs + share of objects with bbox_2d of 4 + share with point_2d of 2) / 3 (VisionReasoner)",
            c =>
            {
                var objects = c.WrittenAnswer is { Length: <= BoxesParser.MaximumLength } answer
                    ? JsonObject().Matches(answer).Select(m => m.Value).ToArray()
                    : [];
                double boxes = objects.Length == 0 ? 0 : objects.Average(o => FourNumbers().IsMatch(o) ? 1.0 : 0),
                    points = objects.Length == 0 ? 0 : objects.Average(o => TwoNumbers().IsMatch(o) ? 1.0 : 0);
                return (
                    ((c.StrictFormat ? 1 : 0) + boxes + points) / 3,
                    $"{objects.Length} objects, {boxes:P0} with a box, {points:P0} with a point"
                );
            }
        );

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public bool IsShaping => true;

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var (value, reason) = check(completion);
        return new(value, reason);
    }

    private static (double, string) Whether(bool kept) => kept ? (1, "kept") : (0, "not kept");

    private static int Occurrences(string text, string tag)
    {
        int count = 0;
        for (
            int at = text.IndexOf(tag, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(tag, at + tag.Length, StringComparison.Ordinal)
        )
            count++;
        return count;
    }

    /// <summary>Whether an answer is JSON, in a code fence or not, of at least so many objects, each with a box of four numbers.</summary>
    internal static bool IsBoxJson(string answer, int atLeast = 0)
    {
        string json = answer.Trim();
        if (json.StartsWith("```", StringComparison.Ordinal))
            json = json.Trim('`').Trim();
        if (json.StartsWith("json", StringComparison.Ordinal))
            json = json[4..];
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement[] items =
                document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : [document.RootElement];
            return items.Length >= atLeast
                && items.All(i =>
                    i.ValueKind == JsonValueKind.Object
                    && i.TryGetProperty("bbox_2d", out var box)
                    && box.ValueKind == JsonValueKind.Array
                    && box.GetArrayLength() == 4
                    && box.EnumerateArray().All(n => n.ValueKind == JsonValueKind.Number)
                );
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // the latter for half a surrogate pair
        {
            return false;
        }
    }

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex JsonObject();

    [GeneratedRegex("""["']bbox_2d["']\s{0,9}:\s{0,9}\[\s{0,9}-?[0-9.]{1,16}(?:\s{0,9},\s{0,9}-?[0-9.]{1,16}){3}\s{0,9}\]""")]
    private static partial Regex FourNumbers();

    [GeneratedRegex("""["']point_2d["']\s{0,9}:\s{0,9}\[\s{0,9}-?[0-9.]{1,16}\s{0,9},\s{0,9}-?[0-9.]{1,16}\s{0,9}\]""")]
    private static partial Regex TwoNumbers();

    [GeneratedRegex(@"\{[^\[\]{}]*\[\s*[0-9]+\s*,\s*[0-9]+\s*,\s*[0-9]+\s*,\s*[0-9]+\s*\]")]
    private static partial Regex BracedBox();
}
