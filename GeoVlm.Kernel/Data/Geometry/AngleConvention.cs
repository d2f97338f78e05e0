namespace GeoVlm.Data.Geometry;

/// <summary>How a source writes the angle of a rotated box: which way is positive on screen (y down), and the unit.</summary>
/// <param name="Clockwise">True where a growing angle turns clockwise on screen.</param>
/// <param name="Radians">True for radians, false for degrees.</param>
public readonly record struct AngleConvention(bool Clockwise, bool Radians)
{
    /// <summary>Degrees, clockwise on screen: what <see cref="OrientedBox"/> holds; OpenCV,
    /// mmrotate (there in radians), GeoChat's conversion.</summary>
    public static AngleConvention ClockwiseDegrees { get; } = new(true, false);

    /// <summary>Degrees, counter-clockwise on screen: EarthDial and its scorer.</summary>
    public static AngleConvention CounterClockwiseDegrees { get; } = new(false, false);

    /// <summary>Radians, clockwise on screen: HRSC2016, mmrotate.</summary>
    public static AngleConvention ClockwiseRadians { get; } = new(true, true);

    /// <summary>Radians, counter-clockwise on screen.</summary>
    public static AngleConvention CounterClockwiseRadians { get; } = new(false, true);

    /// <summary>An angle as written to clockwise degrees.</summary>
    public double ToClockwiseDegrees(double written) => (Clockwise ? 1 : -1) * (Radians ? written * 180 / Math.PI : written);

    /// <summary>Clockwise degrees to an angle as this convention writes it.</summary>
    public double FromClockwiseDegrees(double degrees) => (Clockwise ? 1 : -1) * (Radians ? degrees * Math.PI / 180 : degrees);
}
