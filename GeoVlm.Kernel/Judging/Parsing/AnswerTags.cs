namespace GeoVlm.Judging.Parsing;

/// <summary>Whether an answer must stand between answer tags to be read.</summary>
public enum AnswerTags
{
    /// <summary>No closed pair, no answer: for training, where the format is asked for.</summary>
    Required,

    /// <summary>Without a pair the answer is what follows an open answer tag, else what follows the
    /// reasoning, else the whole text: for scoring other systems.</summary>
    Optional,
}
