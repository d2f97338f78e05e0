namespace GeoVlm.Data.Imagery;

/// <summary>An image whose bands lie in one file each (BigEarthNet, SeasoNet): three of them become red, green and blue.</summary>
/// <remarks>
/// Each band is rendered as it would be alone (<see cref="BandRendition"/>: 8-bit as it is, anything else stretched from the 2nd to the
/// 98th percentile). The three must have one size. Other resolutions of the same patch are left alone.
/// </remarks>
public static class BandFiles
{
    private static readonly string[] TrueColour = ["B04", "B03", "B02"],
        Radar = ["VV", "VH", "VV"];

    // Where red, green and blue are not all there: one band as grey, the finest and brightest first.
    private static readonly string[] Alone =
    [
        "B04",
        "B03",
        "B02",
        "B08",
        "B8A",
        "B05",
        "B06",
        "B07",
        "B11",
        "B12",
        "B01",
        "B09",
        "VV",
        "VH",
    ];

    /// <summary>The image of a patch; null where no band of it is found.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="find">The file of a band ("B04", "VV"); null where it is missing.</param>
    /// <param name="maxPixels">Images with more pixels are refused; null for the default.</param>
    public static GeoImage? Open(string name, Func<string, string?> find, long? maxPixels = null)
    {
        foreach (string[] bands in new[] { TrueColour, Radar })
        {
            string?[] files = [.. bands.Select(find)];
            if (files.All(f => f is not null))
                return Composite(name, bands, files!, maxPixels);
        }
        foreach (string band in Alone)
            if (find(band) is { } file)
                return GeoImage.Deferred(
                    name,
                    () =>
                        ImageDecoder.ReadHeader(file, maxPixels) is var h
                            ? h with
                            {
                                Rendition = $"band {band} as grey, bands B04, B03, B02 are not all here; {h.Rendition}",
                            }
                            : h,
                    () => ImageDecoder.Decode(file, maxPixels)
                );
        return null;
    }

    private static GeoImage Composite(string name, string[] bands, string?[] files, long? maxPixels)
    {
        return GeoImage.Deferred(name, Header, Load);

        ImageHeader Header()
        {
            ImageHeader[] headers = [.. files.Select(f => ImageDecoder.ReadHeader(f!, maxPixels))];
            var first = headers[0];
            int other = Array.FindIndex(headers, h => (h.Width, h.Height) != (first.Width, first.Height));
            if (other >= 0)
                throw new GeoVlmException(
                    $"{files[other]}: {headers[other].Width} x {headers[other].Height} pixels, {Path.GetFileName(files[0])} has {first.Width} x {first.Height}. "
                        + "The three bands of a picture must have one size; fetch the patch again."
                );
            return first with { Rendition = $"bands {string.Join(", ", bands)} of one file each; {first.Rendition ?? "as they are"}" };
        }

        RgbImage Load()
        {
            var header = Header();
            var image = new RgbImage(header.Width, header.Height);
            for (int channel = 0; channel < 3; channel++)
            {
                byte[] band = ImageDecoder.Decode(files[channel]!, maxPixels).Pixels;
                for (int i = 0; i < band.Length; i += 3)
                    image.Pixels[i + channel] = band[i];
            }
            return image;
        }
    }
}
