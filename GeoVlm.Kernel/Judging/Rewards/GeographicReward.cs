using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Nearness of a place on the Earth: e^(−d / 25 km), d the great-circle distance
/// of "latitude, longitude" in degrees to the reference.</summary>
/// <remarks>After geospot-vlm. A latitude beyond ±90, a longitude beyond ±180, or other than two numbers scores 0.</remarks>
public sealed class GeographicReward : IReward
{
    private const double ScaleKilometres = 25,
        EarthRadiusKilometres = 6371.0088;

    /// <inheritdoc/>
    public string Name => "geo-distance";

    /// <inheritdoc/>
    public string Summary => "e^(−distance / 25 km) of \"latitude, longitude\" to the reference";

    /// <inheritdoc/>
    public RewardScore Score(ParsedCompletion completion, Sample sample)
    {
        var truth =
            Read(References.Texts(sample, Name)[0])
            ?? throw new RewardMismatchException(
                $"the reference of sample '{sample.Id}' is no \"latitude, longitude\" in degrees, which '{Name}' compares"
            );
        if (completion.Words is not { } answer)
            return RewardScore.Unreadable(completion);
        if (Read(answer) is not { } place)
            return new(0, "no latitude and longitude in the answer");
        double distance = Kilometres(place, truth);
        return new(Math.Exp(-distance / ScaleKilometres), $"{distance:0.0} km away");
    }

    private static (double Latitude, double Longitude)? Read(string text)
    {
        string[] parts =
            text.Length > 100 ? [] : text.Trim('(', ')', '[', ']', ' ').Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        return
            parts.Length == 2
            && double.TryParse(parts[0].TrimEnd('°'), CultureInfo.InvariantCulture, out double latitude)
            && double.TryParse(parts[1].TrimEnd('°'), CultureInfo.InvariantCulture, out double longitude)
            && Math.Abs(latitude) <= 90
            && Math.Abs(longitude) <= 180
            ? (latitude, longitude)
            : null;
    }

    /// <summary>Haversine.</summary>
    private static double Kilometres((double Latitude, double Longitude) a, (double Latitude, double Longitude) b)
    {
        double Radians(double degrees) => degrees * Math.PI / 180;
        double north = Math.Sin(Radians(a.Latitude - b.Latitude) / 2),
            east = Math.Sin(Radians(a.Longitude - b.Longitude) / 2);
        double h = north * north + Math.Cos(Radians(a.Latitude)) * Math.Cos(Radians(b.Latitude)) * east * east;
        return 2 * EarthRadiusKilometres * Math.Asin(Math.Min(1, Math.Sqrt(h)));
    }
}
