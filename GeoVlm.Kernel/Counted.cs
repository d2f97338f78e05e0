namespace GeoVlm;

/// <summary>How many there are of something, in words.</summary>
internal static class Counted
{
    /// <summary>"1 sample has", "2,000 samples have".</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">What one is called, or is said of it.</param>
    /// <param name="many">The same of any other number; with an s where none is given.</param>
    public static string Of(long count, string one, string? many = null) => $"{count:N0} {(count == 1 ? one : many ?? one + "s")}";
}
