using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace GeoVlm.Data.Rows;

/// <summary>Comma-, semicolon-, tab- or blank-separated tables, plain or gzipped (RFC
/// 4180: quotes may hold separators and line breaks).</summary>
/// <remarks>
/// Cells are text and stay so: one that begins with "=" is no formula here. A row with another number of cells than the header is reported
/// and left out. UTF-8, or what a byte-order mark says; other bytes are taken as Latin-1, which is reported. A table without a header (its
/// first cell is a file or patch name) has columns called column1, column2 and so on.
/// </remarks>
internal static class CsvRows
{
    private const int MaxCell = 1 << 20;
    private const long MaxUnzipped = 2L << 30;

    public static IEnumerable<Row> Read(string path, string file, Action<string, string> report)
    {
        var fallback = new Latin1Fallback();
        using var reader = new StreamReader(Open(path), fallback.Encoding(), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        bool isTold = false;
        char? separator = null;
        string[]? header = null;
        bool ragged = false;
        foreach (var (cells, line) in Records(reader, () => separator, s => separator = s, (l, what) => report($"{file}:{l}", what)))
        {
            if (cells.Any(c => c.Contains('\0')))
            {
                report($"{file}:{line}", "bytes that are no text. Save the file as UTF-8 text. Skipped.");
                continue;
            }
            if (fallback.WasUsed && !isTold)
            {
                report(file, "bytes that are not UTF-8; read as Latin-1. Save the file as UTF-8 (iconv -f latin1 -t utf8).");
                isTold = true;
            }
            if (header is null)
            {
                bool headless = LooksLikeData(cells);
                header = [.. cells.Select((c, i) => headless || c.Trim().Length == 0 ? $"column{i + 1}" : c.Trim())];
                // A name that occurs twice keeps its first column.
                if (!headless)
                    continue;
            }
            if (cells.Count != header.Length)
            {
                if (cells is [var only] && only.Trim().Length == 0)
                    continue;
                report(
                    $"{file}:{line}",
                    $"{cells.Count} cells, the header has {header.Length}. Mend the row, or quote cells that hold '{separator}'. Skipped."
                );
                ragged = true;
                continue;
            }
            var fields = new Dictionary<string, object?>(header.Length, StringComparer.OrdinalIgnoreCase); // Filename, filename
            for (int i = 0; i < header.Length; i++)
                fields.TryAdd(header[i], cells[i].Length == 0 ? null : cells[i]);
            yield return new Row(fields, file, line);
        }
        if (header is null && !ragged)
            report(file, "the table is empty.");
    }

    /// <summary>The first line of a table, for recognising it; empty where the file cannot be read.</summary>
    public static string FirstLine(string path)
    {
        try
        {
            using var reader = new StreamReader(Open(path));
            var start = new char[4096];
            int count = reader.ReadBlock(start, 0, start.Length);
            return new string(start, 0, count).Split('\n')[0].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return ""; // not recognised; reading it reports the reason
        }
    }

    private static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        bool zipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return zipped ? new BoundedStream(new GZipStream(file, CompressionMode.Decompress), MaxUnzipped, path) : file;
    }

    // A header names things; a row of data starts with a file, a path or a satellite's patch name.
    private static bool LooksLikeData(IReadOnlyList<string> cells) =>
        cells[0] is var first
        && (
            Readers.DatasetFolder.IsImage(first)
            || first.StartsWith("S2A_", StringComparison.Ordinal)
            || first.StartsWith("S2B_", StringComparison.Ordinal)
            || (cells.Count > 1 && double.TryParse(first, NumberStyles.Float, CultureInfo.InvariantCulture, out _) && first.Contains('.'))
        );

    private static char Separator(string line)
    {
        foreach (char candidate in (ReadOnlySpan<char>)['\t', ';', ','])
            if (line.Contains(candidate) && (candidate != ';' || !line.Contains(',') || line.Split(';').Length > line.Split(',').Length))
                return candidate;
        return line.Trim().Contains(' ') && Readers.DatasetFolder.IsImage(line.Split(' ')[0]) ? ' ' : ',';
    }

    private static IEnumerable<(List<string> Cells, int Line)> Records(
        TextReader reader,
        Func<char?> separator,
        Action<char> decide,
        Action<int, string> report
    )
    {
        int number = 0;
        while (reader.ReadLine() is { } text)
        {
            int start = ++number;
            if (text.Length == 0)
                continue;
            if (separator() is null)
                decide(Separator(text));
            char by = separator()!.Value;
            var cells = new List<string>();
            var cell = new StringBuilder();
            bool quoted = false,
                broken = false;
            for (int i = 0; ; i++)
            {
                if (i >= text.Length)
                {
                    if (!quoted)
                        break;
                    // The quote goes on in the next line.
                    if (cell.Length > MaxCell || reader.ReadLine() is not { } more)
                    {
                        report(start, "a quote that is never closed. Close it, or double quotes inside cells. Skipped.");
                        broken = true;
                        break;
                    }
                    number++;
                    cell.Append('\n');
                    (text, i) = (more, -1);
                    continue;
                }
                char c = text[i];
                if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else if (c == '"' && (quoted || cell.Length == 0))
                    quoted = !quoted;
                else if (c == by && !quoted)
                {
                    cells.Add(cell.ToString());
                    cell.Clear();
                }
                else
                    cell.Append(c);
            }
            cells.Add(cell.ToString());
            if (!broken)
                yield return (cells, start);
        }
    }
}
