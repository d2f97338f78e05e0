namespace GeoVlm.Data.Geometry;

/// <summary>Which of the equal ways to write a rectangle is meant: the range of its
/// angle, and whether the width is its longer side.</summary>
public enum AngleRange
{
    /// <summary>"oc", OpenCV since 4.5.1: angle above 0 and up to 90 degrees; width and height follow from it.</summary>
    OpenCv,

    /// <summary>"le90": width is the longer side, angle from −90 up to but not 90 degrees.</summary>
    LongEdge90,

    /// <summary>"le135": width is the longer side, angle from −45 up to but not 135 degrees.</summary>
    LongEdge135,
}
