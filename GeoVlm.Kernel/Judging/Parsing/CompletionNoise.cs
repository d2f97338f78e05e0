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
    ];

    /// <summary>A completion of up to 14 pieces; most have answer tags around some of them.</summary>
    public static string Next(SeededRandom random)
    {
        string inside = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => random.Pick(Pieces)));
        return random.Chance(0.5)
            ? $"<think>t</think><answer>{inside}</answer>"
            : inside + string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => random.Pick(Pieces)));
    }
}
