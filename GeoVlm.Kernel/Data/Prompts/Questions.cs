using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Prompts;

/// <summary>The wording of the questions that readers and the synthetic data ask, so that one task is asked one way everywhere.</summary>
public static class Questions
{
    /// <summary>Referred detection: "detect the large red ship".</summary>
    public static string Refer(string phrase) => $"detect the {phrase}";

    /// <summary>Object detection: "detect all ships".</summary>
    public static string DetectAll(string plural) => $"detect all {plural}";

    /// <summary>Scene classification.</summary>
    public const string ClassifyScene = "classify the scene";

    /// <summary>Image captioning.</summary>
    public const string DescribeScene = "describe the scene";

    /// <summary>Change detection over two dates.</summary>
    public const string WhatChanged = "what changed ?";

    /// <summary>Change captioning over two or more dates.</summary>
    public const string DescribeChanges = "describe the changes";

    /// <summary>Multi-label classification.</summary>
    public const string ListLabels = "list every class in the image";

    /// <summary>Counting: "how many ships ?".</summary>
    public static string HowMany(string plural) => $"how many {plural} ?";

    /// <summary>Presence: "is there a red ship ?".</summary>
    public static string IsThereA(string thing) => $"is there a {thing} ?";

    /// <summary>Region captioning; the box is written in the frame that the model reads.</summary>
    public static string DescribeRegion(Box box, CoordinateFrame frame, CoordinateFrame modelFrame) =>
        $"describe {AnswerText.Write(frame.Convert(box, modelFrame))}";

    /// <summary>The plural of a class name that needs no dictionary: "ships", "buses", "aircraft".</summary>
    public static string Plural(string name) =>
        name.EndsWith("aircraft", StringComparison.Ordinal) ? name
        : name.EndsWith('s')
        || name.EndsWith('x')
        || name.EndsWith("ch", StringComparison.Ordinal)
        || name.EndsWith("sh", StringComparison.Ordinal)
            ? name + "es"
        : name + "s";
}
