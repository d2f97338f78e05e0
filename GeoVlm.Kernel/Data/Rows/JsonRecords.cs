using System.Text;

namespace GeoVlm.Data.Rows;

/// <summary>Cuts JSON text into its records without parsing them: the elements of an
/// array, lines (JSONL), or objects one after the other.</summary>
/// <remarks>
/// A record that never closes costs itself only: in a sequence of objects a line that begins with a brace at its very start begins a new
/// record, whatever the one before left open. Time is linear in the text, and depth costs nothing.
/// </remarks>
internal sealed class JsonRecords
{
    private readonly byte[] bytes;
    private readonly Action<int, string> report;
    private int at,
        line = 1,
        counted;

    /// <param name="bytes">UTF-8, or UTF-16 with a byte-order mark.</param>
    /// <param name="report">Takes a line number, from 1, and what is wrong there.</param>
    public JsonRecords(byte[] bytes, Action<int, string> report)
    {
        (this.bytes, this.report) = (Utf8(bytes), report);
        at = this.bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        SkipBlanks();
    }

    /// <summary>A record and the line where it begins.</summary>
    public readonly record struct Record(ReadOnlyMemory<byte> Json, int Line);

    /// <summary>The elements of the array that the text is, or the objects that it is a sequence of.</summary>
    public IEnumerable<Record> Read() => Peek() == '[' ? Elements() : Sequence();

    /// <summary>The properties of the object that the text is, their values unparsed.</summary>
    public IEnumerable<(string Name, Record Value)> Properties()
    {
        if (Peek() != '{')
            yield break;
        at++;
        while (true)
        {
            SkipBlanks();
            if (Peek() == ',')
            {
                at++;
                continue;
            }
            if (Peek() != '"')
                yield break;
            int start = at,
                end = ValueEnd(restartAtLines: false, out bool closed);
            if (!closed)
                yield break;
            string name = Encoding.UTF8.GetString(bytes.AsSpan(start + 1, end - start - 2));
            at = end;
            SkipBlanks();
            if (Peek() != ':')
                yield break;
            at++;
            SkipBlanks();
            int valueLine = Line();
            start = at;
            end = ValueEnd(restartAtLines: false, out closed);
            if (!closed)
                report(valueLine, $"\"{name}\" is cut short: the file ends inside it. Fetch the file again.");
            yield return (name, new Record(bytes.AsMemory(start, end - start), valueLine));
            at = end;
        }
    }

    /// <summary>The elements of an array that is a property's value.</summary>
    public static IEnumerable<Record> Elements(Record array, Action<int, string> report)
    {
        var inner = new JsonRecords(array.Json.ToArray(), report) { line = array.Line };
        return inner.Elements();
    }

    private IEnumerable<Record> Elements()
    {
        at++;
        while (true)
        {
            SkipBlanks();
            if (at >= bytes.Length)
            {
                report(Line(), "the file ends before its array is closed. It may be cut short; fetch it again.");
                yield break;
            }
            if (bytes[at] == ']')
                yield break;
            if (bytes[at] == ',')
            {
                at++;
                continue;
            }
            int start = at,
                startLine = Line(),
                end = ValueEnd(restartAtLines: false, out bool closed);
            at = end;
            if (closed)
                yield return new Record(bytes.AsMemory(start, end - start), startLine);
            else
            {
                report(
                    startLine,
                    "a record that is never closed: the file is cut short or a bracket or quote is missing. The rest of the file is lost."
                );
                yield break;
            }
        }
    }

    private IEnumerable<Record> Sequence()
    {
        while (true)
        {
            SkipBlanks();
            if (at >= bytes.Length)
                yield break;
            int start = at,
                startLine = Line();
            if (bytes[at] == ',')
            {
                at++;
                continue;
            }
            if (bytes[at] is not ((byte)'{' or (byte)'['))
            {
                report(startLine, "not a JSON record. Mend or remove the line. Skipped.");
                int next = bytes.AsSpan(at).IndexOf((byte)'\n');
                at = next < 0 ? bytes.Length : at + next + 1;
                continue;
            }
            int end = ValueEnd(restartAtLines: true, out bool closed);
            at = end;
            if (closed)
                yield return new Record(bytes.AsMemory(start, end - start), startLine);
            else
                report(
                    startLine,
                    "a record that is never closed: a bracket or quote is missing, or the file is cut short. Mend the line. Skipped."
                );
        }
    }

    /// <summary>The index after the value that begins here.</summary>
    private int ValueEnd(bool restartAtLines, out bool closed)
    {
        var span = bytes.AsSpan();
        int depth = 0,
            i = at;
        while (i < span.Length)
        {
            int step = depth == 0 ? span[i..].IndexOfAny(Outer) : span[i..].IndexOfAny(restartAtLines ? InnerOrLine : Inner);
            if (step < 0)
                break;
            i += step;
            switch (span[i])
            {
                case (byte)'"':
                    i = StringEnd(span, i + 1, restartAtLines);
                    if (i < 0)
                    {
                        closed = false;
                        return ~i;
                    }
                    if (depth == 0)
                    {
                        closed = true;
                        return i;
                    }
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    i++;
                    break;
                case (byte)'}' or (byte)']':
                    if (depth == 0)
                    {
                        closed = true;
                        return i;
                    } // ends a number or a word
                    i++;
                    if (--depth == 0)
                    {
                        closed = true;
                        return i;
                    }
                    break;
                case (byte)'\n' when depth > 0:
                    i++;
                    if (i < span.Length && span[i] == (byte)'{')
                    {
                        closed = false;
                        return i;
                    }
                    break;
                default: // a comma or blank after a number or a word
                    closed = true;
                    return Math.Max(i, at + 1);
            }
        }
        closed = depth == 0;
        return span.Length;
    }

    /// <summary>The index after the closing quote, or the complement of where the search gave up.</summary>
    private static int StringEnd(ReadOnlySpan<byte> span, int i, bool stopAtLine)
    {
        while (i < span.Length)
        {
            int step = stopAtLine ? span[i..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n') : span[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
                break;
            i += step;
            if (span[i] == (byte)'"')
                return i + 1;
            if (span[i] == (byte)'\n')
                return ~(i + 1); // JSON strings hold no line breaks, so the quote is missing
            i += 2;
        }
        return ~span.Length;
    }

    private static ReadOnlySpan<byte> Outer => "\"{[]},\n \r\t"u8;
    private static ReadOnlySpan<byte> Inner => "\"{}[]"u8;
    private static ReadOnlySpan<byte> InnerOrLine => "\"{}[]\n"u8;

    private byte Peek() => at < bytes.Length ? bytes[at] : (byte)0;

    private void SkipBlanks()
    {
        while (at < bytes.Length && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            at++;
    }

    private int Line()
    {
        line += bytes.AsSpan(counted, at - counted).Count((byte)'\n');
        counted = at;
        return line;
    }

    private static byte[] Utf8(byte[] bytes) =>
        bytes switch
        {
            [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2)),
            [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2)),
            _ => bytes,
        };
}
