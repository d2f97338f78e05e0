using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Imagery;

namespace GeoVlm.Tests.Data.Imagery;

public class GeoReferenceTests
{
    [Theory]
    [InlineData("EPSG:4326", 1e-4, -170, 170, -80, 80)]
    [InlineData("EPSG:3857", 10, -2e7, 2e7, -1.5e7, 1.5e7)]
    [InlineData("EPSG:4087", 10, -1.9e7, 1.9e7, -9e6, 9e6)]
    [InlineData("EPSG:32633", 10, 2e5, 8e5, 0, 7e6)]
    [InlineData("EPSG:32756", 10, 2e5, 8e5, 1.5e6, 1e7)]
    [InlineData("EPSG:25832", 1, 2e5, 8e5, 4e6, 7e6)]
    [InlineData("EPSG:26918", 30, 2e5, 8e5, 2e6, 7e6)]
    public void A_thousand_pixels_come_back_from_their_place_also_where_the_grid_is_turned(
        string crs,
        double size,
        double west,
        double east,
        double south,
        double north
    )
    {
        var random = new SeededRandom(11);
        for (int i = 0; i < 1000; i++)
        {
            double angle = i % 2 == 0 ? 0 : random.Uniform(-Math.PI / 2, Math.PI / 2),
                x = random.Uniform(west, east),
                y = random.Uniform(south, north);
            var (sin, cos) = Math.SinCos(angle);
            var place = new GeoReference(new GeoTransform(size * cos, size * sin, x, size * sin, -size * cos, y), crs);
            double column = random.Uniform(0, 1000),
                row = random.Uniform(0, 1000);
            var (longitude, latitude) = place.ToLonLat(column, row)!.Value;
            var (columnAgain, rowAgain) = place.ToPixel(longitude, latitude)!.Value;
            Assert.True(
                Math.Abs(column - columnAgain) < 0.01 && Math.Abs(row - rowAgain) < 0.01,
                $"{column}, {row} -> {columnAgain}, {rowAgain}"
            );
        }
    }
}
