using System.Text.RegularExpressions;

namespace GeoVlm.Data.Readers;

/// <summary>Finds the licence that a dataset states about itself, in the places where datasets state it.</summary>
/// <remarks>
/// In this order: <c>license:</c> at the head of README.md (a dataset card), "license" in dataset_info.json or a JSON annotation file's
/// first part, the first line of a file LICENSE. Looked for in the dataset's folder only; a licence is shown, never judged.
/// </remarks>
internal static partial class LicenceText
{
    private const int LongestShown = 200;

    public static string? Find(string path)
    {
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] files = [.. DatasetFolder.All(folder).Where(f => new FileInfo(f).Length > 0).Order(StringComparer.Ordinal)];
        return FromCard(files) ?? FromJson(files, path) ?? FromLicenceFile(files);
    }

    private static string? FromCard(string[] files) =>
        Named(files, "README.md") is { } card
        && FrontMatter().Match(FileStart.Read(card)) is { Success: true } head
        && YamlLicence().Match(head.Value) is { Success: true } licence
            ? Shorten(licence.Groups[1].Value)
            : null;

    private static string? FromJson(string[] files, string path)
    {
        string?[] candidates =
        [
            Named(files, "dataset_info.json"),
            Named(files, "info.json"),
            File.Exists(path) ? path : null,
            files.FirstOrDefault(IsJson),
        ];
        foreach (string? file in candidates)
            if (file is not null && IsJson(file))
            {
                string start = FileStart.Read(file);
                if (JsonLicence().Match(start) is { Success: true } plain)
                    return Shorten(plain.Groups[1].Value);
                if (CocoLicence().Match(start) is { Success: true } coco)
                    return Shorten(coco.Groups[1].Value);
            }
        return null;
    }

    private static string? FromLicenceFile(string[] files) =>
        files.FirstOrDefault(f => LicenceFile().IsMatch(Path.GetFileName(f))) is { } file
        && FileStart.Read(file).Split('\n').Select(line => line.Trim(' ', '#', '\r', '\uFEFF')).FirstOrDefault(line => line.Length > 0)
            is { } first
            ? Shorten(first)
            : null;

    private static bool IsJson(string file) => file.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static string? Named(string[] files, string name) =>
        files.FirstOrDefault(f => string.Equals(Path.GetFileName(f), name, StringComparison.OrdinalIgnoreCase));

    private static string? Shorten(string text) =>
        text.Trim() is { Length: > 0 } plain && !plain.Equals("unknown", StringComparison.OrdinalIgnoreCase)
            ? plain[..Math.Min(plain.Length, LongestShown)]
            : null;

    [GeneratedRegex(@"\A\uFEFF?---\r?\n.*?\n---", RegexOptions.Singleline)]
    private static partial Regex FrontMatter();

    [GeneratedRegex(@"^licen[cs]e:\s*(?:-\s*)?[""']?([^""'\r\n]+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex YamlLicence();

    [GeneratedRegex(@"""licen[cs]e""\s*:\s*""([^""\\]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex JsonLicence();

    [GeneratedRegex(@"""licenses""\s*:\s*\[\s*\{[^{}]*?""name""\s*:\s*""([^""\\]+)""")]
    private static partial Regex CocoLicence();

    [GeneratedRegex(@"^(licen[cs]e|copying)(\.(txt|md))?$", RegexOptions.IgnoreCase)]
    private static partial Regex LicenceFile();
}
