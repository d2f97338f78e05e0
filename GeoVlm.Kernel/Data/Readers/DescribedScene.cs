using GeoVlm.Data.Dialects;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>VRSBench's own annotation of one image: a caption, objects with referring sentences, and question-answer pairs.</summary>
/// <remarks><c>obj_coord</c> is x1, y1, x2, y2 as fractions of each side.</remarks>
internal static class DescribedScene
{
    /// <summary>The units of the boxes: fractions, or per cent where a number is above 1.</summary>
    public static BoxDialect DialectOf(IEnumerable<Row> rows) =>
        rows.SelectMany(r => r.List("objects") ?? [])
            .OfType<Dictionary<string, object?>>()
            .SelectMany(o => o.GetValueOrDefault("obj_coord") as List<object?> ?? [])
            .Any(n => Row.AsNumber(n) > 1)
            ? BoxDialect.TeoChat
            : BoxDialect.Fraction;

    public static IEnumerable<Draft> Of(Row row, InstructionRows rows)
    {
        var turns = new List<InstructionRows.Turn>();
        if (row.Text("caption") is { } caption)
            turns.Add(new("[caption] " + Questions.DescribeScene, [caption], Name: ".caption"));
        int number = 0;
        foreach (var item in (row.List("objects") ?? []).OfType<Dictionary<string, object?>>())
        {
            number++;
            if (
                item.GetValueOrDefault("referring_sentence") is string { Length: > 0 } sentence
                && item.GetValueOrDefault("obj_coord") is List<object?> { Count: 4 } corners
                && corners.All(c => Row.AsNumber(c) is not null)
            )
                turns.Add(
                    new(
                        $"[refer] <p>{sentence}</p>",
                        [$"[{string.Join(", ", corners.Select(Row.AsText))}]"],
                        Name: $".object{Row.AsText(item.GetValueOrDefault("obj_id")) ?? number.ToString()}"
                    )
                );
        }
        number = 0;
        foreach (var pair in (row.List("qa_pairs") ?? []).OfType<Dictionary<string, object?>>())
        {
            number++;
            if (
                pair.GetValueOrDefault("question") is string question
                && Row.AsText(pair.GetValueOrDefault("answer")) is { Length: > 0 } answer
            )
                turns.Add(
                    new(
                        "[vqa] " + question,
                        [answer],
                        Name: $".question{Row.AsText(pair.GetValueOrDefault("ques_id")) ?? number.ToString()}"
                    )
                );
        }
        return rows.Drafts(row, turns);
    }
}
