using GeoVlm.Data;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Parsing;

/// <summary>Reads the text between the answer tags as a typed answer.</summary>
/// <remarks>Model output is untrusted: a parser never throws, runs in linear time and bounds what it accepts.</remarks>
public interface IAnswerParser
{
    /// <summary>What it expects, in the words that a prompt would use.</summary>
    string Expects { get; }

    /// <summary>Reads the answer.</summary>
    /// <param name="text">The text between the tags.</param>
    /// <param name="frame">The frame that coordinates are written in.</param>
    /// <param name="answer">The answer, in that frame.</param>
    /// <param name="failure">Why there is none; positions count from the start of <paramref name="text"/>.</param>
    bool TryParse(string text, CoordinateFrame frame, out Answer? answer, out ParseFailure? failure);

    /// <summary>Reads the answer, where the sample says how (names of labels, size of
    /// a grid); by default the sample plays no part.</summary>
    /// <inheritdoc cref="TryParse(string, CoordinateFrame, out Answer, out ParseFailure)"/>
    bool TryParse(string text, CoordinateFrame frame, Sample sample, out Answer? answer, out ParseFailure? failure) =>
        TryParse(text, frame, out answer, out failure);
}
