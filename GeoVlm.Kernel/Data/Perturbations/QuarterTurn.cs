using System.Text.RegularExpressions;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Perturbations;

/// <summary>The picture turned by 90° clockwise, with its boxes and masks: seen from above, no
/// direction is up. Answers in words are left as they are.</summary>
/// <remarks>A question or answer that names a direction or a coordinate ("the leftmost ship") would have to be worded anew; such samples
/// are left out.</remarks>
public sealed partial class QuarterTurn : IPerturbation
{
    /// <inheritdoc/>
    public string Name => "quarter-turn";

    /// <inheritdoc/>
    public string Summary => "turned by 90° clockwise, boxes too";

    /// <inheritdoc/>
    public Sample? Apply(Sample sample) =>
        NamesPlace(sample.Question) || (sample.Reference is TextAnswer text && NamesPlace(text.Text))
            ? null
            : sample with
            {
                Images =
                [
                    .. sample.Images.Select(image => new GeoImage(image.Name, image.Height, image.Width, () => Turn(image.Load()))
                    {
                        GroundSampleDistanceMetres = image.GroundSampleDistanceMetres,
                    }),
                ],
                Reference = Turn(sample.Reference),
                OtherReferences = [.. sample.OtherReferences.Select(Turn)],
                Objects = [.. sample.Objects.Select(o => Turn(o, sample.Frame.Height))],
                ChangeMask = sample.ChangeMask is { } mask ? new DeferredMask(mask.Height, mask.Width, () => Turn(mask.Load())) : null,
            };

    /// <summary>Whether a text names a direction or coordinates.</summary>
    internal static bool NamesPlace(string text) => Place().IsMatch(text);

    [GeneratedRegex(
        @"\b(left|right|top|bottom|upper|lower|above|below|north|south|east|west)|\d\s*,\s*\d|[\[{<]\s*-?\d",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Place();

    // (x, y) → (height − y, x): the top left corner becomes the top right one.
    private static Answer Turn(Answer answer) =>
        answer switch
        {
            BoxesAnswer boxes => Turn(boxes),
            GroundedTextAnswer grounded => grounded with { Boxes = Turn(grounded.Boxes) },
            _ => answer,
        };

    private static BoxesAnswer Turn(BoxesAnswer boxes) =>
        new(
            [.. boxes.Objects.Select(o => Turn(o, boxes.Frame.Height))],
            boxes.Frame with
            {
                Width = boxes.Frame.Height,
                Height = boxes.Frame.Width,
            }
        );

    private static LabelledBox Turn(LabelledBox item, double height) =>
        item with
        {
            Box = new Box(height - item.Box.Y2, item.Box.X1, height - item.Box.Y1, item.Box.X2),
            Oriented = item.Oriented is { } o
                ? o with
                {
                    CenterX = height - o.CenterY,
                    CenterY = o.CenterX,
                    Width = o.Height,
                    Height = o.Width,
                }
                : null,
            Outline = item.Outline is { } outline ? new Polygon([.. outline.Points.Select(p => (height - p.Y, p.X))]) : null,
        };

    private static RgbImage Turn(RgbImage image)
    {
        var turned = new RgbImage(image.Height, image.Width);
        for (int y = 0; y < image.Height; y++)
        for (int x = 0; x < image.Width; x++)
            image.Pixels.AsSpan(image.Offset(x, y), 3).CopyTo(turned.Pixels.AsSpan(turned.Offset(image.Height - 1 - y, x)));
        return turned;
    }

    private static Mask Turn(Mask mask)
    {
        var turned = new Mask(mask.Height, mask.Width);
        for (int y = 0; y < mask.Height; y++)
        for (int x = 0; x < mask.Width; x++)
            turned.Bits[x * turned.Width + mask.Height - 1 - y] = mask.Bits[y * mask.Width + x];
        return turned;
    }
}
