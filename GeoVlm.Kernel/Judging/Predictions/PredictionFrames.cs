using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Predictions;

/// <summary>Names of coordinate frames as people write them in files and on the command line.</summary>
public static class PredictionFrames
{
    private static readonly (string Name, string[] Others)[] Names =
    [
        ("pixels", ["original", "original pixels", "pixel", "absolute"]),
        ("percent", ["per cent", "0-100", "100"]),
        ("thousandths", ["per mille", "0-1000", "1000"]),
        ("fractions", ["unit", "0-1", "normalized", "normalised", "1"]),
    ];

    /// <summary>What can be written, for messages.</summary>
    public static string Known => "pixels, percent, thousandths, fractions, or WIDTHxHEIGHT of the picture that the model saw";

    /// <summary>The frame of a name.</summary>
    /// <param name="name">One of <see cref="Known"/>.</param>
    /// <param name="width">Width of the image in its own pixels.</param>
    /// <param name="height">Height of the image.</param>
    /// <exception cref="GeoVlmException">There is none of this name.</exception>
    public static CoordinateFrame Parse(string name, int width, int height)
    {
        string key = name.Trim().ToLowerInvariant();
        if (
            key.Split('x') is [var w, var h]
            && int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out int modelWidth)
            && int.TryParse(h, NumberStyles.None, CultureInfo.InvariantCulture, out int modelHeight)
            && modelWidth > 0
            && modelHeight > 0
        )
            return CoordinateFrame.Model(modelWidth, modelHeight);
        return Names.FirstOrDefault(n => n.Name == key || n.Others.Contains(key)).Name switch
        {
            "pixels" => CoordinateFrame.Original(width, height),
            "percent" => CoordinateFrame.Percent,
            "thousandths" => CoordinateFrame.Thousandths,
            "fractions" => CoordinateFrame.Unit,
            _ => throw new GeoVlmException($"No coordinate frame is called '{name}'. There are: {Known}."),
        };
    }
}
