using Parquet.Serialization;

namespace GeoVlm.Workbench.Exporting;

/// <summary>A picture as Hugging Face datasets keep it.</summary>
internal sealed class ImageCell
{
    public byte[] bytes { get; set; } = [];

    public string path { get; set; } = "";
}

/// <summary>A turn of a chat.</summary>
internal sealed class TurnCell
{
    public string role { get; set; } = "user";

    public string content { get; set; } = "";
}

/// <summary>How verl judges a row.</summary>
internal sealed class GroundTruthCell
{
    public string style { get; set; } = "rule";

    public string ground_truth { get; set; } = "";
}

/// <summary>What verl hands on to rewards.</summary>
internal sealed class ExtraCell
{
    public string split { get; set; } = "train";

    public int index { get; set; }
}

/// <summary>The columns that the reward client hands on, beside pictures.</summary>
internal abstract class RewardedRow
{
    /// <summary>An empty row, for reading back.</summary>
    protected RewardedRow() { }

    /// <summary>The row of a sample.</summary>
    protected RewardedRow(ExportRow row) =>
        (images, id, task, reference, width, height, frame) = (
            ExportTables.Images(row),
            row.Id,
            row.Task,
            row.Reference,
            row.Width,
            row.Height,
            row.Frame
        );

    public List<ImageCell> images { get; set; } = [];

    public string id { get; set; } = "";

    public string task { get; set; } = "";

    public string reference { get; set; } = "";

    public string reference_frame { get; set; } = "pixels";

    public int width { get; set; }

    public int height { get; set; }

    public string frame { get; set; } = "";
}

/// <summary>A row for TRL.</summary>
internal sealed class TrlRow : RewardedRow
{
    public TrlRow() { }

    public TrlRow(ExportRow row)
        : base(row) { }

    public List<TurnCell> prompt { get; set; } = [];
}

/// <summary>A row for ms-swift.</summary>
internal sealed class SwiftRow : RewardedRow
{
    public SwiftRow() { }

    public SwiftRow(ExportRow row)
        : base(row) { }

    public List<TurnCell> messages { get; set; } = [];
}

/// <summary>A row for verl.</summary>
internal sealed class VerlRow
{
    public string data_source { get; set; } = "geovlm";

    public List<TurnCell> prompt { get; set; } = [];

    public List<ImageCell> images { get; set; } = [];

    public string ability { get; set; } = "";

    public GroundTruthCell reward_model { get; set; } = new();

    public ExtraCell extra_info { get; set; } = new();
}

/// <summary>Rows to Parquet.</summary>
internal static class ExportTables
{
    /// <summary>The pictures of a row.</summary>
    public static List<ImageCell> Images(ExportRow row) =>
        [.. row.Images.Select((png, i) => new ImageCell { bytes = png, path = $"{row.Id}-{i}.png" })];

    /// <summary>The user's turn; <paramref name="placeholders"/> puts an image mark in front for
    /// every picture, where a trainer wants them in the text.</summary>
    public static List<TurnCell> Turns(ExportRow row, bool placeholders) =>
        [new TurnCell { content = (placeholders ? string.Concat(row.Images.Select(_ => "<image>")) : "") + row.Prompt }];

    /// <summary>Writes the rows.</summary>
    public static async Task Write<T>(Stream stream, IEnumerable<T> rows)
        where T : class, new() => await ParquetSerializer.SerializeAsync([.. rows], stream).ConfigureAwait(false);
}
