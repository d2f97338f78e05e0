namespace GeoVlm.Data;

/// <summary>What sort of thing is wrong with an item of a source, for filters and for the check.</summary>
public enum ProblemKind
{
    /// <summary>Anything that has no kind of its own; the words say it.</summary>
    Other,

    /// <summary>An image that is named and not there.</summary>
    MissingImage,

    /// <summary>An image file that is empty, cut, damaged, too large, or of a format that is not read.</summary>
    UnreadableImage,

    /// <summary>One of the dates, or the mask, of a pair or series is not there.</summary>
    MissingDate,

    /// <summary>Dates or masks of one place that do not cover the same pixels.</summary>
    SizesDiffer,

    /// <summary>A path that leads out of the dataset's folder; it was not followed.</summary>
    PathRefused,

    /// <summary>A record without a question, or without an answer, caption or label.</summary>
    NoAnswer,

    /// <summary>A box or outline without area, or whose numbers are none.</summary>
    BoxUnusable,

    /// <summary>A box that lies wholly outside its image.</summary>
    BoxOutside,

    /// <summary>A box that passes the border of its image, or is written so that it has no area, and is kept as written.</summary>
    BoxKept,
}
