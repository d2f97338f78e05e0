using System.Globalization;
using System.Text;

namespace GeoVlm.Data.Saving;

/// <summary>The README.md of a saved dataset: what it is, where it is from, under which
/// licence, how much there is, and the hashes of its files.</summary>
internal static class DatasetCard
{
    private const int ProblemsNamed = 20;

    public static string Write(EoDataset dataset, SaveFormat format, IReadOnlyDictionary<string, string> files)
    {
        var facts = dataset.Describe(new DescriptionOptions { Headers = 500 });
        // A card is shared; where its writer keeps files is nobody's business.
        string source = Path.TrimEndingDirectorySeparator(dataset.Source);
        bool isHere = Path.IsPathRooted(source);
        if (isHere)
            facts = facts with { Source = Path.GetFileName(source) };
        string root = (Directory.Exists(source) ? source : Path.GetDirectoryName(source)) + Path.DirectorySeparatorChar;
        var card = new StringBuilder("---\n");
        // What stands in front matter is read by programs: one line, quoted.
        card.Append(
            CultureInfo.InvariantCulture,
            $"license: {Quoted(dataset.Licence ?? "unknown")}\npretty_name: {Quoted(dataset.Name)}\ntags:\n- earth-observation\n- vision-language\n"
        );
        if (format == SaveFormat.Parquet)
        {
            card.Append("configs:\n- config_name: default\n  data_files:\n");
            foreach (string file in files.Keys)
                card.Append(CultureInfo.InvariantCulture, $"  - split: {Path.GetFileName(file).Split("-00000")[0]}\n    path: {file}\n");
        }
        card.Append("---\n\n");
        card.Append(
            CultureInfo.InvariantCulture,
            $"# {Plain(dataset.Name)}\n\n{dataset.Count:N0} samples, saved by GeoVlm.\n\n| | |\n| --- | --- |\n"
        );
        foreach (var (name, value) in facts.Facts())
            card.Append(CultureInfo.InvariantCulture, $"| {Plain(name)} | {Plain(value)} |\n");
        if (dataset.Licence is null)
            card.Append("| licence | not stated by the source: ask before sharing |\n");
        if (facts.Problems.Count > 0)
            card.Append("\n## Left out or doubted while loading\n\n");
        foreach (var problem in facts.Problems.Take(ProblemsNamed))
            card.Append(
                CultureInfo.InvariantCulture,
                $"- {Plain(problem.Where)}: {Plain(isHere ? problem.What.Replace(root, "", StringComparison.Ordinal) : problem.What)}\n"
            );
        if (facts.Problems.Count > ProblemsNamed)
            card.Append(CultureInfo.InvariantCulture, $"- … and {facts.Problems.Count - ProblemsNamed:N0} more\n");
        card.Append("\n## Files\n\n| file | SHA-256 |\n| --- | --- |\n");
        foreach (var (file, hash) in files)
            card.Append(CultureInfo.InvariantCulture, $"| {file} | `{hash}` |\n");
        card.Append(
            CultureInfo.InvariantCulture,
            $"\nEach row has plain columns (question, answer, images) and `{DatasetSaver.Column}`: the whole sample, boxes with their frame, as JSON.\n"
        );
        return card.ToString();
    }

    private static string Quoted(string text) =>
        $"\"{text.ReplaceLineEndings(" ").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // Names and licences are text from strangers: no markup, no new cells.
    private static string Plain(string text) =>
        text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
