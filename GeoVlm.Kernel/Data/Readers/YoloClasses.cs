using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>The class names of a YOLO dataset by number: <c>classes.txt</c>, <c>obj.names</c>, or the <c>names</c> of a YAML
/// file.</summary>
internal static partial class YoloClasses
{
    /// <summary>The names from the first file in the root or one level below that has them; empty where none has.</summary>
    public static IReadOnlyDictionary<int, string> Read(DatasetFolder folder)
    {
        string[] places = [folder.Root, .. DatasetFolder.Folders(folder.Root)];
        foreach (string file in places.SelectMany(DatasetFolder.All).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file).ToLowerInvariant();
            if (name is "classes.txt" or "obj.names" or "labels.txt" or "predefined_classes.txt" && folder.ReadText(file) is { } list)
                return list.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select((n, i) => (i, n))
                    .ToDictionary(n => n.i, n => ClassNames.Readable(n.n));
            if (Path.GetExtension(name) is ".yaml" or ".yml" && folder.ReadText(file) is { } yaml && FromYaml(yaml) is { Count: > 0 } names)
                return names;
        }
        return new Dictionary<int, string>();
    }

    /// <summary><c>names: [a, 'b, c']</c>, <c>names: {0: a, 1: b}</c>, or <c>names:</c> with lines <c>0: a</c> or <c>- a</c>
    /// below.</summary>
    private static Dictionary<int, string> FromYaml(string yaml)
    {
        var names = new Dictionary<int, string>();
        if (InlineNames().Match(yaml) is { Success: true } inline)
            foreach (string item in Items(yaml, inline.Index + inline.Length, inline.Groups[1].Value == "[" ? ']' : '}'))
                Add(NumberedName().Match(item));
        else if (BlockNames().Match(yaml) is { Success: true } block)
            foreach (Match line in NameLine().Matches(block.Groups[1].Value))
                Add(line);
        return names;

        void Add(Match item) =>
            names[item.Groups[1].Success ? int.Parse(item.Groups[1].Value, CultureInfo.InvariantCulture) : names.Count] =
                ClassNames.Readable(item.Groups[2].Value.Trim().Trim('\'', '"'));
    }

    /// <summary>What stands between commas up to the closing bracket; commas in quotes are part of a name.</summary>
    private static IEnumerable<string> Items(string yaml, int at, char close)
    {
        var item = new StringBuilder();
        char quote = '\0';
        for (; at < yaml.Length && (quote != '\0' || yaml[at] != close); at++)
        {
            char c = yaml[at];
            if (c is '\'' or '"' && (quote == '\0' || quote == c))
                quote = quote == c ? '\0' : c;
            if (c == ',' && quote == '\0')
            {
                yield return item.ToString();
                item.Clear();
            }
            else
                item.Append(c);
        }
        if (!string.IsNullOrWhiteSpace(item.ToString()))
            yield return item.ToString();
    }

    [GeneratedRegex(@"^names:\s*([\[{])", RegexOptions.Multiline)]
    private static partial Regex InlineNames();

    [GeneratedRegex(@"^\s*(?:(\d{1,5})\s*:)?\s*(.*?)\s*$", RegexOptions.Singleline)]
    private static partial Regex NumberedName();

    [GeneratedRegex(@"^names:[ \t]*\r?\n((?:[ \t]*(?:\d{1,5}:|-)[^\n]*\n?)+)", RegexOptions.Multiline)]
    private static partial Regex BlockNames();

    [GeneratedRegex(@"^[ \t]*(?:(\d{1,5}):|-)[ \t]*([^\r\n#]+)", RegexOptions.Multiline)]
    private static partial Regex NameLine();
}
