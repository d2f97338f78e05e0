using GeoVlm.Rendering;
using SkiaSharp;

namespace GeoVlm.Tests.Rendering;

public class TypefaceTests
{
    [Theory]
    [InlineData("Water, 0.5 m", false)]
    [InlineData("−1 ± 2 · IoU", true)]
    public void Text_leaves_ink_without_any_system_font(string text, bool bold)
    {
        // The typeface comes from the package alone: this is a font of the stream, not one that the system found.
        Assert.Equal("Inter", (bold ? Typeface.Bold : Typeface.Regular).FamilyName[..5]);
        Assert.DoesNotContain((ushort)0, (bold ? Typeface.Bold : Typeface.Regular).GetGlyphs(text));
        var picture = new Picture(160, 30, canvas => Painting.Line(canvas, text, 5, 20, 14, SKColors.Black, bold));
        using var bitmap = picture.Draw();
        Assert.InRange(bitmap.Pixels.Count(p => p.Red < 128), 100, 2000);
    }
}
