using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Rewards;

/// <summary>A rotated box as a Gaussian: mean its centre, covariance R diag(w²/s, h²/s) Rᵀ.</summary>
internal static class BoxGaussian
{
    /// <summary>1 / (1 + ln(1 + D)), D the divergence KL(predicted ‖ reference); sides over 4 as GWD and KLD take them.</summary>
    public static double KldSimilarity(OrientedBox predicted, OrientedBox reference)
    {
        var (p, r) = (Covariance(predicted, 4), Covariance(reference, 4));
        double dx = predicted.CenterX - reference.CenterX,
            dy = predicted.CenterY - reference.CenterY;
        double determinant = r.Determinant;
        double distance = (r.C * dx * dx - 2 * r.B * dx * dy + r.A * dy * dy) / determinant;
        double trace = (r.C * p.A - 2 * r.B * p.B + r.A * p.C) / determinant;
        double divergence = 0.5 * (distance + trace + Math.Log(determinant / p.Determinant)) - 1;
        return 1 / (1 + Math.Log(1 + Math.Max(0, divergence)));
    }

    /// <summary>1 − √(1 − e^(−B)), B the Bhattacharyya distance; sides over 12, as a uniform box has them.</summary>
    public static double ProbIoU(OrientedBox a, OrientedBox b)
    {
        var (p, r) = (Covariance(a, 12), Covariance(b, 12));
        double dx = a.CenterX - b.CenterX,
            dy = a.CenterY - b.CenterY;
        var sum = new Matrix(p.A + r.A, p.B + r.B, p.C + r.C);
        double distance =
            (sum.C * dx * dx - 2 * sum.B * dx * dy + sum.A * dy * dy) / sum.Determinant / 4
            + 0.5 * Math.Log(sum.Determinant / (4 * Math.Sqrt(p.Determinant * r.Determinant)));
        return 1 - Math.Sqrt(Math.Max(0, 1 - Math.Exp(-Math.Max(0, distance))));
    }

    private static Matrix Covariance(OrientedBox box, double divisor)
    {
        double a = box.AngleDegrees * Math.PI / 180,
            c = Math.Cos(a),
            s = Math.Sin(a);
        double u = box.Width * box.Width / divisor,
            v = box.Height * box.Height / divisor;
        return new(u * c * c + v * s * s, (u - v) * c * s, u * s * s + v * c * c);
    }

    /// <summary>[[A, B], [B, C]].</summary>
    private readonly record struct Matrix(double A, double B, double C)
    {
        public double Determinant => Math.Max(1e-300, A * C - B * B);
    }
}
