using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data.Readers;

/// <summary>The questions that an image with labelled boxes gives: "detect all ships" for
/// every class, and "detect the ship" where there is one; of an image in which nothing is, "detect all objects".</summary>
/// <remarks>
/// Boxes are never cut: one that passes the border stays as written and is reported. One that lies wholly outside is left out and reported,
/// unless most of them do: then it is the image that does not belong, and the annotation is kept.
/// </remarks>
internal static class DetectionSamples
{
    /// <summary>The samples of all images of one annotation file or folder, missing images by the rule of <see cref="Missing"/>.</summary>
    public static IEnumerable<Sample> Settle(DatasetFolder folder, RowImages images, string file, IEnumerable<AnnotatedImage> annotated) =>
        Missing.Settle(folder, images, file, annotated, a => (a.Missing, a.Where), a => a.Image is not null).SelectMany(a => Of(folder, a));

    /// <summary>Samples of one image (of each of its tiles, when it is large), classes in alphabetical order.</summary>
    public static IEnumerable<Sample> Of(DatasetFolder folder, AnnotatedImage annotated)
    {
        if (annotated.Image is not { } image)
            return OfOne(annotated, annotated.Id, null, annotated.Frame, annotated.Objects);
        var inside = Inside(folder, annotated.Where, image, annotated.Objects);
        if (!Tiler.Applies(image))
            return OfOne(annotated, annotated.Id, image, annotated.Frame, inside);
        string id = annotated.Id,
            stem = Path.GetFileNameWithoutExtension(id),
            prefix = id[..^Path.GetFileName(id).Length];
        return Tiler
            .Tiles(image, inside, stem)
            .SelectMany(tile =>
                OfOne(
                    annotated,
                    prefix + tile.Image.Name,
                    tile.Image,
                    CoordinateFrame.Original(tile.Image.Width, tile.Image.Height),
                    tile.Objects
                )
            );
    }

    private static IEnumerable<Sample> OfOne(
        AnnotatedImage annotated,
        string id,
        GeoImage? image,
        CoordinateFrame frame,
        IReadOnlyList<LabelledBox> objects
    )
    {
        GeoImage[] images = image is null ? [] : [image];
        if (annotated.IsEmpty)
            yield return new Sample(
                id + ":none",
                EoTask.ObjectDetection,
                images,
                Questions.DetectAll("objects"),
                new BoxesAnswer([], frame)
            )
            {
                Split = annotated.Split,
                Attributes = annotated.Facts,
            };
        foreach (var ofClass in objects.GroupBy(o => o.Label).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var reference = new BoxesAnswer([.. ofClass], frame);
            yield return Make($"{id}:{ofClass.Key}:all", EoTask.ObjectDetection, Questions.DetectAll(Questions.Plural(ofClass.Key)));
            if (reference.Objects.Count == 1)
                yield return Make($"{id}:{ofClass.Key}:the", EoTask.ReferredDetection, Questions.Refer(ofClass.Key));

            Sample Make(string sampleId, EoTask task, string question) =>
                new(sampleId, task, images, question, reference)
                {
                    Objects = objects,
                    Split = annotated.Split,
                    Attributes = new Dictionary<string, string>(annotated.Facts) { ["class"] = ofClass.Key },
                };
        }
    }

    private static IReadOnlyList<LabelledBox> Inside(DatasetFolder folder, string where, GeoImage image, IReadOnlyList<LabelledBox> objects)
    {
        var kept = new List<LabelledBox>(objects.Count);
        int past = 0,
            outside = 0;
        foreach (var item in objects)
        {
            var clipped = item.Box.ClipTo(image.Width, image.Height);
            if (clipped.IsEmpty)
                outside++;
            else
            {
                if (clipped != item.Box)
                    past++;
                kept.Add(item);
            }
        }
        string size = $"{image.Width} x {image.Height} image {image.Name}";
        if (past > 0)
            folder.Report(
                where,
                $"{past} of {Counted.Of(objects.Count, "box", "boxes")} {(past == 1 ? "passes" : "pass")} the border of the {size}. Kept as written.",
                ProblemKind.BoxKept
            );
        if (outside >= 2 && 2 * outside > objects.Count)
        {
            folder.Report(
                where,
                $"{outside} of {objects.Count} boxes lie outside the {size}: it is not the image that was annotated, or has another size. "
                    + "They are kept as written; put the right image in its place.",
                ProblemKind.BoxOutside
            );
            return objects;
        }
        if (outside > 0)
            folder.Report(
                where,
                $"{outside} of {Counted.Of(objects.Count, "box", "boxes")} {(outside == 1 ? "lies" : "lie")} outside the {size}; check that boxes and image belong together. Left out.",
                ProblemKind.BoxOutside
            );
        return kept;
    }
}
