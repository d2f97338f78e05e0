using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>The questions that an image with labelled boxes gives: "detect all ships" for every class, and "detect the ship" where there is one.</summary>
internal static class DetectionSamples
{
    /// <summary>Samples of one image (of each of its tiles, when it is large), classes in alphabetical order.</summary>
    /// <param name="folder">Where problems are reported.</param>
    /// <param name="where">The annotation file or record, for problems.</param>
    /// <param name="id">Unique in the dataset.</param>
    /// <param name="image">The image.</param>
    /// <param name="objects">Every object in it, in original pixels.</param>
    /// <param name="attributes">Facts of the source that go into every sample.</param>
    public static IEnumerable<Sample> Of(
        DatasetFolder folder, string where, string id, GeoImage image, IReadOnlyList<LabelledBox> objects, IReadOnlyDictionary<string, string> attributes)
    {
        var inside = Inside(folder, where, image, objects);
        if (!Tiler.Applies(image)) return OfOne(id, image, inside, attributes);
        string stem = Path.GetFileNameWithoutExtension(id), prefix = id[..^Path.GetFileName(id).Length];
        return Tiler.Tiles(image, inside, stem).SelectMany(tile => OfOne(prefix + tile.Image.Name, tile.Image, tile.Objects, attributes));
    }

    private static IEnumerable<Sample> OfOne(
        string id, GeoImage image, IReadOnlyList<LabelledBox> objects, IReadOnlyDictionary<string, string> attributes)
    {
        var frame = CoordinateFrame.Original(image.Width, image.Height);
        foreach (var ofClass in objects.GroupBy(o => o.Label).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var facts = new Dictionary<string, string>(attributes) { ["class"] = ofClass.Key };
            var reference = new BoxesAnswer([.. ofClass], frame);
            yield return new Sample($"{id}:{ofClass.Key}:all", EoTask.ObjectDetection, [image], Questions.DetectAll(Questions.Plural(ofClass.Key)), reference)
            {
                Objects = objects,
                Attributes = facts,
            };
            if (reference.Objects.Count == 1)
                yield return new Sample($"{id}:{ofClass.Key}:the", EoTask.ReferredDetection, [image], Questions.Refer(ofClass.Key), reference)
                {
                    Objects = objects,
                    Attributes = facts,
                };
        }
    }

    /// <summary>Boxes past the border are cut at it, boxes wholly outside are left out; both are reported, once for the image.</summary>
    private static List<LabelledBox> Inside(DatasetFolder folder, string where, GeoImage image, IReadOnlyList<LabelledBox> objects)
    {
        var kept = new List<LabelledBox>(objects.Count);
        int cut = 0, outside = 0;
        foreach (var item in objects)
        {
            var clipped = item.Box.ClipTo(image.Width, image.Height);
            if (clipped.IsEmpty) outside++;
            else
            {
                if (clipped != item.Box) cut++;
                kept.Add(item with { Box = clipped });
            }
        }
        string size = $"{image.Width} x {image.Height} image {image.Name}";
        if (cut > 0) folder.Report(where, $"{cut} of {objects.Count} boxes pass the border of the {size}; they are cut at the border.");
        if (outside > 0)
            folder.Report(where, $"{outside} of {objects.Count} boxes lie outside the {size}; check that boxes and image belong together. Left out.");
        return kept;
    }
}
