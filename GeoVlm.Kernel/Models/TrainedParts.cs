namespace GeoVlm.Models;

/// <summary>Parts of a model that training changes; the rest is frozen.</summary>
[Flags]
public enum TrainedParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Embeddings, decoder and output head.</summary>
    Language = 1,

    /// <summary>What turns patches into tokens of the decoder.</summary>
    Merger = 2,

    /// <summary>The vision tower before the merger.</summary>
    Vision = 4,

    /// <summary>Everything.</summary>
    All = Language | Merger | Vision,
}

/// <summary>Names of <see cref="TrainedParts"/> in commands.</summary>
public static class TrainedPartsNames
{
    /// <summary>Reads <c>language</c>, <c>merger+vision</c>, <c>all</c>.</summary>
    /// <exception cref="GeoVlmException">A part is unknown.</exception>
    public static TrainedParts Parse(string text) =>
        text.Split('+', StringSplitOptions.TrimEntries)
            .Aggregate(
                TrainedParts.None,
                (parts, name) =>
                    parts
                    | name switch
                    {
                        "language" => TrainedParts.Language,
                        "merger" => TrainedParts.Merger,
                        "vision" => TrainedParts.Vision,
                        "all" => TrainedParts.All,
                        _ => throw new GeoVlmException(
                            $"'{name}' is no part of a model that can be trained; there are language, merger, vision (joined by +), and all"
                        ),
                    }
            );
}
