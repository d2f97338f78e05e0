using System.Text.Json;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Judging.Predictions;

/// <summary>A reference mask in a row: rows of 0 and 1 (lists, or a text of digits with a line for each row), or COCO's run
/// lengths.</summary>
internal static class RowMask
{
    private const long MaximumPixels = 100_000_000;

    /// <summary>The mask.</summary>
    /// <param name="value"><c>[[0, 1], …]</c>, <c>["01", …]</c>, <c>"01\n10"</c>, or <c>{"size":
    /// [height, width], "counts": [zeros, ones, …]}</c> down the columns.</param>
    /// <param name="width">What the row says of its picture; null for nothing.</param>
    /// <param name="height">The same.</param>
    /// <exception cref="GeoVlmException">It has none of these forms, or not the size that the row states.</exception>
    public static Mask Read(JsonElement value, int? width, int? height)
    {
        var mask = value.ValueKind switch
        {
            JsonValueKind.Array => OfRows([.. value.EnumerateArray().Select(Digits)]),
            JsonValueKind.String => OfRows([
                .. value.GetString()!.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ]),
            JsonValueKind.Object => OfRuns(value),
            _ => throw Odd(),
        };
        return (width ?? mask.Width, height ?? mask.Height) == (mask.Width, mask.Height)
            ? mask
            : throw new GeoVlmException(
                $"its reference_mask is {mask.Width} × {mask.Height}, its picture {width} × {height}; give a mask on the pixels of the picture"
            );
    }

    private static string Digits(JsonElement row) =>
        row.ValueKind switch
        {
            JsonValueKind.String => row.GetString()!.Trim(),
            JsonValueKind.Array => string.Concat(
                row.EnumerateArray()
                    .Select(c =>
                        c.ValueKind switch
                        {
                            JsonValueKind.Number => c.GetDouble() > 0 ? '1' : '0',
                            JsonValueKind.True => '1',
                            JsonValueKind.False => '0',
                            _ => throw Odd(),
                        }
                    )
            ),
            _ => throw Odd(),
        };

    private static Mask OfRows(string[] rows)
    {
        if (rows.Length == 0 || rows[0].Length == 0 || rows.Any(r => r.Length != rows[0].Length || r.Any(c => c is not ('0' or '1'))))
            throw Odd();
        return new Mask(rows[0].Length, rows.Length, [.. rows.SelectMany(r => r.Select(c => c == '1'))]);
    }

    private static Mask OfRuns(JsonElement value) =>
        RunLengths.Read(value, out int height, out int width) is { } runs && (long)width * height <= MaximumPixels
            ? RunLengths.Decode(runs, height, width) ?? throw Odd()
            : throw Odd();

    private static GeoVlmException Odd() =>
        new(
            "its reference_mask is no mask: expected rows of 0 and 1 of one length ([[0,1],…] or \"01\\n10\"), or {\"size\": [height, width], \"counts\": [zeros, ones, …]} whose counts add up to the size"
        );
}
