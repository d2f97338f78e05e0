using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Data;

/// <summary>One sample in plain values, boxes in original pixels.</summary>
public sealed record SampleDescription
{
    /// <summary>Unique in its dataset.</summary>
    public required string Id { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The split; empty where the source has none.</summary>
    public required string Split { get; init; }

    /// <summary>The images, in order of time.</summary>
    public required IReadOnlyList<ImageDescription> Images { get; init; }

    /// <summary>The question.</summary>
    public required string Question { get; init; }

    /// <summary>The reference answer as text, boxes in whole numbers of <see cref="Frame"/>.</summary>
    public required string Answer { get; init; }

    /// <summary>Every other reference wording.</summary>
    public required IReadOnlyList<string> OtherAnswers { get; init; }

    /// <summary>What the boxes are measured in: "original pixels 800 x 600", or the
    /// source's own frame where no image can be read.</summary>
    public required string Frame { get; init; }

    /// <summary>The boxes of the answer as x1, y1, x2, y2.</summary>
    public required IReadOnlyList<double[]> Boxes { get; init; }

    /// <summary>The label of each box.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The corners x1, y1 … x4, y4 of each rotated rectangle; empty where the answer has none.</summary>
    public required IReadOnlyList<double[]> Corners { get; init; }

    /// <summary>Everything known to be in the image.</summary>
    public required int Objects { get; init; }

    /// <summary>Facts of the source.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>Describes a sample; reads the headers of its images.</summary>
    public static SampleDescription Of(Sample sample)
    {
        var boxes = sample.Reference switch
        {
            BoxesAnswer plain => plain,
            GroundedTextAnswer grounded => grounded.Boxes,
            _ => null,
        };
        var frame = sample.Images is [.., var last] && last.Problem is null ? sample.Frame : boxes?.Frame;
        var shown = frame is null ? null : boxes?.In(frame);
        return new SampleDescription
        {
            Id = sample.Id,
            Task = EoTaskNames.Of(sample.Task),
            Split = sample.Split,
            Images = [.. sample.Images.Select(ImageDescription.Of)],
            Question = sample.Question,
            Answer = Text(sample.Reference),
            OtherAnswers = [.. sample.OtherReferences.Select(Text)],
            Frame = frame is null ? "" : $"{frame.Name} {frame.Width} x {frame.Height}",
            Boxes = [.. (shown?.Objects ?? []).Select(o => new[] { o.Box.X1, o.Box.Y1, o.Box.X2, o.Box.Y2 })],
            Labels = [.. (shown?.Objects ?? []).Select(o => o.Label)],
            Corners = [.. (shown?.Objects ?? []).Where(o => o.Oriented is not null).Select(Flat)],
            Objects = sample.Objects.Count,
            Attributes = sample.Attributes,
        };

        // An answer without boxes is the same text in every frame.
        string Text(Answer answer) => AnswerText.Write(answer, frame ?? CoordinateFrame.Percent);

        static double[] Flat(LabelledBox item) => [.. item.Oriented!.Value.Corners().SelectMany(c => new[] { c.X, c.Y })];
    }
}

/// <summary>One image in plain values; all but the name are null where the header cannot be read.</summary>
public sealed record ImageDescription
{
    /// <summary>What a person calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Columns, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Rows, in pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Bands of the file.</summary>
    public int? Bands { get; init; }

    /// <summary>Type of the file's samples.</summary>
    public string? Dtype { get; init; }

    /// <summary>Metres per pixel, where the file says.</summary>
    public double? GroundSampleDistanceMetres { get; init; }

    /// <summary>The coordinate system: "EPSG:32635".</summary>
    public string? Crs { get; init; }

    /// <summary>a, b, c, d, e, f of x = a·column + b·row + c, y = d·column + e·row + f.</summary>
    public double[]? Transform { get; init; }

    /// <summary>Longitude and latitude of the middle, in degrees.</summary>
    public double[]? CentreLonLat { get; init; }

    /// <summary>The value that means "no data".</summary>
    public double? Nodata { get; init; }

    /// <summary>How a TIFF is compressed.</summary>
    public string? Compression { get; init; }

    /// <summary>Whether the pixels lie in tiles.</summary>
    public bool? Tiled { get; init; }

    /// <summary>Factors of the smaller copies in the file.</summary>
    public IReadOnlyList<int>? Overviews { get; init; }

    /// <summary>How 8-bit RGB is made of it; null where it is RGB.</summary>
    public string? Rendition { get; init; }

    /// <summary>Why the header cannot be read; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Describes an image; reads its header.</summary>
    public static ImageDescription Of(GeoImage image)
    {
        if (image.Problem is { } problem)
            return new() { Name = image.Name, Problem = problem };
        var header = image.Header;
        var ground = image.Georeference;
        var transform = ground?.Transform;
        var centre = ground?.ToLonLat(image.Width / 2.0, image.Height / 2.0);
        return new()
        {
            Name = image.Name,
            Width = image.Width,
            Height = image.Height,
            Bands = header.Bands,
            Dtype = header.SampleType,
            GroundSampleDistanceMetres = image.GroundSampleDistanceMetres,
            Crs = ground?.Crs,
            Transform = transform is { } t ? [t.A, t.B, t.C, t.D, t.E, t.F] : null,
            CentreLonLat = centre is { } c ? [c.Longitude, c.Latitude] : null,
            Nodata = header.Nodata,
            Compression = header.Compression,
            Tiled = header.IsTiled,
            Overviews = header.Overviews,
            Rendition = image.Rendition,
        };
    }
}
