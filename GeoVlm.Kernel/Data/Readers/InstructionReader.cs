using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Instruction datasets and result files in JSON or JSONL: GeoChat, EarthDial,
/// VRSBench, SkyEye, GeoLLaVA, TEOChatlas, DisasterM3.</summary>
/// <remarks>
/// Conversations (LLaVA, ShareGPT, ms-swift, also JSON inside a string) or question and answer columns; a JSON array, lines, objects one
/// after the other, or records by key. A file or a folder with such files in it or one level below. Images are looked up by name below the
/// root. The task of each question is told by the rules of <see cref="TaskRules"/>, and which rule it was stands in the sample's
/// attributes.
/// </remarks>
public sealed class InstructionReader : IDatasetReader
{
    /// <inheritdoc/>
    public string Name => "instruction";

    /// <inheritdoc/>
    public string Summary =>
        "JSON or JSONL of conversations or questions and answers (GeoChat, EarthDial, VRSBench, TEOChat): boxes in the dialect of the set";

    /// <inheritdoc/>
    public string? Recognise(string path) =>
        RowFiles.Recognise(path, RowFiles.IsJson, RowKind.Instruction) is var (file, _)
            ? $"{Path.GetFileName(file)} holds questions and answers"
            : null;

    /// <inheritdoc/>
    public EoDataset Read(string path, ReadOptions options) =>
        new RowDataset(path, options).Read(
            this,
            path,
            File.Exists(path)
                ? [path]
                :
                [
                    .. RowFiles
                        .Of(path)
                        .Where(RowFiles.IsJson)
                        .Where(f => RowFile.First(f) is { } row && RowColumns.KindOf(row) == RowKind.Instruction),
                ]
        );
}
