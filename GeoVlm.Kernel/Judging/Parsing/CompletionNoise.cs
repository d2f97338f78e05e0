using System.Text;
using GeoVlm.Data;

namespace GeoVlm.Judging.Parsing;

/// <summary>Completions as a half-trained policy or an attacker writes them: pieces of every
/// notation in any order. The parsers are measured and tested on them.</summary>
internal static class CompletionNoise
{
    /// <summary>Tags, boxes in every notation whole and broken, numbers, labels, and characters that break careless readers.</summary>
    public static IReadOnlyList<string> Pieces { get; } =
    [
        "<think>",
        "</think>",
        "<answer>",
        "</answer>",
        "<answer>[",
        "[",
        "]",
        "[[",
        "]]",
        ",",
        ";",
        " ",
        "\n",
        "(",
        ")",
        "{",
        "}",
        "\"",
        "'",
        "|",
        ":",
        "```",
        "```json",
        "[1,2,3,4]",
        "[10,20,30,40,5]",
        "[1,2,3,4,5,6,7,8]",
        "[1,2,3",
        "[4,3,2,1]",
        "{<1><2><3><4>|<5>}",
        "{<1><2><3>",
        "<|box_start|>(1,2),(3,4)<|box_end|>",
        "<|box_start|>",
        "<ref>a ship</ref>",
        "<ref>",
        "</ref>",
        "<box>[[1,2,3,4]]</box>",
        "<box>",
        "</box>",
        "<p>a ship</p>",
        "{\"bbox_2d\": [1, 2, 3, 4], \"label\": \"ship\"}",
        "\"bbox_2d\": [",
        "{'point_2d': [3, 4]}",
        "<point>1 2</point>",
        "POLYGON ((1 2, 3 4, 5 6))",
        "[[1,2],[3,4],[5,6]]",
        "0110\n1001",
        "[[0,1,1],[0,0,1]]",
        "1",
        "-7",
        "3.5",
        "1e9",
        "1,200",
        "NaN",
        "∞",
        "-",
        ".",
        "yes",
        "no",
        "twenty-three",
        "none",
        "(B)",
        "a ship",
        "Beaches, dunes, sands",
        "\ud800",
        "é",
        "\0",
        "<",
        ">",
        "</",
        "\u2028",
        "&lt;",
        "\"boxes\": [[",
        "<box>(1,2),(3,4)</box>",
        "<box>(",
        "［1，2，3，4］",
        "，",
        "“",
        " and ",
        "• ",
    ];

    /// <summary>Answers as models write them, in every notation; <see cref="Mutated"/> breaks them.</summary>
    public static IReadOnlyList<string> Answers { get; } =
    [
        "[1, 2, 30, 40]",
        "[[10.5, 2e1, 30, 40, -45]][[1, 2, 3, 4, 0]]",
        "```json\n[\n\t{\"bbox_2d\": [1, 2, 30, 40], \"label\": \"a \\\"red\\\" ship\"},\n\t{\"bbox_2d\": [5, 6, 7, 8], \"label\": \"plane\"}\n]\n```\nThese are all.",
        "{'boxes': [[1, 2, 3, 4], [5, 6, 7, 8]], 'label': 'ship'}",
        "[{\"bbox_2d\": [\"1\", \"2\", \"3\", \"4\"], \"point_2d\": [2, 3], \"confidence\": 0.9}]",
        "<|object_ref_start|>ship<|object_ref_end|><|box_start|>(1,2),(30,40)<|box_end|>",
        "<ref>ship</ref><box>(1,2),(30,40)</box>",
        "There is <ref>1 gray ship </ref> <box>[[[8, 33, 22, 40, 0]]]</box> located at left, and <p>a pier</p> {<1><2><3><4>|<5>}.",
        "{<7><22><14><31>|<90>}{&lt;1&gt;&lt;2&gt;&lt;3&gt;&lt;4&gt;}",
        "POLYGON ((1 1, 5 1, 5 4, 1 1)), [[1,2],[3,4],[5,6]]",
        "<point>1 2</point> [{\"point_2d\": [3, 4]}]",
        "0110\n1001\n0000",
        "1. Beaches, dunes, sands\n2. harbor and river; road",
        "There are twenty-three ships (1,200 in all), so the answer is (B).",
        "【1，2，3，4】；[５,６,７,８]。",
        "None",
        "yes",
    ];

    /// <summary>An answer that a model might have written, with up to twelve characters or runs lost, doubled, swapped or
    /// strange.</summary>
    public static string Mutated(SeededRandom random)
    {
        var text = new StringBuilder(random.Pick(Answers));
        for (int change = random.Next(13); change > 0 && text.Length > 0; change--)
        {
            int at = random.Next(text.Length),
                length = Math.Min(text.Length - at, 1 + random.Next(6));
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 2:
                    text.Insert(at, random.Pick(Pieces));
                    break;
                case 3:
                    text[at] = (char)(random.Chance(0.9) ? 32 + random.Next(95) : random.Next(char.MaxValue));
                    break;
                default:
                    text.Length = random.Chance(0.2) ? at : text.Length; // cut by a token limit
                    break;
            }
        }
        return random.Chance(0.8) ? $"<think>t</think><answer>{text}</answer>" : text.ToString();
    }

    /// <summary>A mutated answer, or a completion of up to 14 pieces; most have answer tags around some of them.</summary>
    public static string Next(SeededRandom random)
    {
        if (random.Chance(0.4))
            return Mutated(random);
        string inside = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => random.Pick(Pieces)));
        return random.Chance(0.5)
            ? $"<think>t</think><answer>{inside}</answer>"
            : inside + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => random.Pick(Pieces)));
    }
}
