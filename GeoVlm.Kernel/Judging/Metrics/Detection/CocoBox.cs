using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>A box as COCO writes it; kept in that form so that an IoU of exactly a
/// threshold falls on the same side as in the reference code.</summary>
/// <param name="X">Left edge.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width, not below 0.</param>
/// <param name="Height">Height, not below 0.</param>
public readonly record struct CocoBox(double X, double Y, double Width, double Height)
{
    /// <summary>The same box from corners.</summary>
    public static CocoBox From(Box box) => new(box.X1, box.Y1, box.Width, box.Height);

    /// <summary>Width times height.</summary>
    public double Area => Width * Height;

    /// <summary>Intersection over union, 0 to 1; over the area of this box alone when the other is a crowd.</summary>
    public double IoU(CocoBox truth, bool crowd)
    {
        double width = Math.Min(X + Width, truth.X + truth.Width) - Math.Max(X, truth.X);
        double height = Math.Min(Y + Height, truth.Y + truth.Height) - Math.Max(Y, truth.Y);
        if (width <= 0 || height <= 0)
            return 0;
        double intersection = width * height;
        return intersection / (crowd ? Area : Area + truth.Area - intersection);
    }
}

/// <summary>A reference object.</summary>
/// <param name="Image">Index of its image, from 0.</param>
/// <param name="Category">Its class.</param>
/// <param name="Box">Its box.</param>
/// <param name="Area">What decides whether it is small, medium or large; COCO takes the area of the outline, not of the box.</param>
/// <param name="IsCrowd">A region that may hold any number of objects: matches as often as needed and counts for nothing.</param>
/// <param name="Id">Its annotation id; only <see cref="CocoEvaluation.AsPublished"/> looks at it.</param>
public sealed record CocoTruth(int Image, string Category, CocoBox Box, double Area, bool IsCrowd = false, long Id = 1);

/// <summary>A predicted object.</summary>
/// <param name="Image">Index of its image, from 0.</param>
/// <param name="Category">Its class.</param>
/// <param name="Box">Its box.</param>
/// <param name="Score">Confidence; equal scores keep their order, so without scores AP
/// depends on the order in which boxes were written.</param>
public sealed record CocoDetection(int Image, string Category, CocoBox Box, double Score = 1);
