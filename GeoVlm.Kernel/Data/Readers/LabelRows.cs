using System.Globalization;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Tables with an image and what holds for it: labels (BigEarthNet, SeasoNet, one-hot), or one class.</summary>
internal sealed class LabelRows(DatasetFolder folder, RowImages images, SampleIds ids, string split)
{
    /// <summary>One sample an image, with every label that holds: a list, a text of numbers or names, or columns of 0 and 1.</summary>
    public IEnumerable<Draft> Labels(IEnumerable<Row> rows, string file)
    {
        IReadOnlyList<string>? flags = null;
        bool numbered = false;
        foreach (var row in rows)
        {
            IReadOnlyList<string> labels;
            if (row.Value(RowColumns.Labels) is { } listed)
            {
                labels = listed is List<object?> list
                    ? [.. list.Select(Row.AsText).OfType<string>()]
                    : BigEarthNetLabels.Split(Row.AsText(listed) ?? "");
                // Class numbers are no words: say that they are classes.
                if (labels.Count > 0 && labels.All(l => l.All(char.IsAsciiDigit)))
                    labels = [.. labels.Select(l => $"class {l}")];
            }
            else
            {
                if (flags is null)
                {
                    flags = RowColumns.Flags(row);
                    numbered = flags.All(f =>
                        double.TryParse(f, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                        || f.StartsWith("column", StringComparison.Ordinal)
                    );
                    if (numbered)
                        folder.Report(
                            file,
                            $"the columns of its {flags.Count} labels are numbers, not names; they are called class 1 to class {flags.Count}, in order. Name them in the header."
                        );
                }
                labels =
                [
                    .. flags
                        .Select((f, i) => (Set: Row.AsNumber(row.Fields.GetValueOrDefault(f)) == 1, Name: numbered ? $"class {i + 1}" : f))
                        .Where(f => f.Set)
                        .Select(f => f.Name),
                ];
            }
            var (found, missing, name) = ImagesOf(row);
            yield return new Draft(
                Make(row, name, EoTask.MultiLabelClassification, found, Questions.ListLabels, new LabelsAnswer(labels)),
                row.Where,
                missing
            );
        }
    }

    /// <summary>One sample an image, with its class.</summary>
    public IEnumerable<Draft> Scenes(IEnumerable<Row> rows)
    {
        bool isTold = false;
        foreach (var row in rows)
        {
            string label = ClassNames.Readable(ClassOf(row));
            if (label.Length == 0)
            {
                folder.Report(row.Where, "no class. Skipped.", ProblemKind.NoAnswer);
                continue;
            }
            var (found, missing, name) = ImagesOf(row);
            // COWC's detection list: 1 where a car is in the patch, 0 where none is.
            bool isPresence =
                row.Fields.ContainsKey("column2") && label is "0" or "1" && row.File.Contains("COWC", StringComparison.OrdinalIgnoreCase);
            if (!isPresence && !isTold && label.All(char.IsAsciiDigit))
            {
                folder.Report(
                    row.File,
                    "the classes are numbers without names; they are asked for as numbers. Name them in a column class_name, or write the features of "
                        + "Hugging Face with a ClassLabel."
                );
                isTold = true;
            }
            yield return new Draft(
                isPresence
                    ? Make(
                        row,
                        name,
                        EoTask.VisualQuestionAnswering,
                        found,
                        Questions.IsThereA("car"),
                        new TextAnswer(label == "1" ? "yes" : "no")
                    )
                    : Make(row, name, EoTask.SceneClassification, found, Questions.ClassifyScene, new TextAnswer(label)),
                row.Where,
                missing
            );
        }
    }

    // Tables that have a class by number and by name mean the name.
    private static string ClassOf(Row row)
    {
        string[] all = [.. RowColumns.Scene.Select(c => row.Text(c)).OfType<string>()];
        return all.FirstOrDefault(c => !c.All(char.IsAsciiDigit)) ?? all.FirstOrDefault() ?? "";
    }

    private (IReadOnlyList<GeoImage> Images, string? Missing, string Name) ImagesOf(Row row)
    {
        // One-hot tables may head their columns by numbers; the name comes first.
        string name = row.Text(RowColumns.Image) ?? row.Fields.Values.First() as string ?? row.Where;
        var (found, missing) = images.Of(row);
        // A table without a column that names image files (patch names, folders of bands) still names what it speaks of.
        if (found.Count == 0 && (images.Open(name) ?? images.OpenBands(name)) is { } image)
            (found, missing) = ([image], null);
        return (found, found.Count == 0 ? missing ?? name : missing, name);
    }

    private Sample Make(Row row, string name, EoTask task, IReadOnlyList<GeoImage> found, string question, Answer reference) =>
        new(ids.Unique(name, isGiven: false), task, found, question, reference)
        {
            Split = row.Text("split") is { } named ? SplitNames.Usual(named) : split,
            Attributes = Facts(row, name),
        };

    private static Dictionary<string, string> Facts(Row row, string name)
    {
        var facts = new Dictionary<string, string> { ["file"] = name };
        foreach (var (column, value) in row.Fields.Take(40))
            if (
                column is not "split"
                && !RowColumns.Captions.Contains(column)
                && !RowColumns.Image.Contains(column, StringComparer.OrdinalIgnoreCase)
                && value is string { Length: > 0 and <= 60 } text
                && text is not ("0" or "1")
            )
                facts.TryAdd(column, text);
        return facts;
    }
}
