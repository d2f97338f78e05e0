using System.Buffers.Binary;
using System.Collections;
using System.Text.RegularExpressions;
using Parquet;
using Parquet.Serialization;

namespace GeoVlm.Data.Rows;

/// <summary>Rows of a Parquet file, one row group at a time; pictures in cells are left in the file until they are asked for.</summary>
internal sealed partial class ParquetRows
{
    private const int InlineBytes = 1024;

    private readonly string path,
        file;
    private readonly WeakReference<IReadOnlyList<Dictionary<string, object>>?> cached = new(null);
    private readonly Lock reading = new();
    private int cachedGroup = -1;

    private ParquetRows(string path, string file) => (this.path, this.file) = (path, file);

    /// <summary>The rows; a damaged row group is reported and ends the file.</summary>
    /// <exception cref="GeoVlmException">Not a Parquet file, or its footer is damaged.</exception>
    public static IEnumerable<Row> Read(string path, string file, Action<string, string> report) =>
        new ParquetRows(path, file).Rows(report);

    /// <summary>True for files that begin with Parquet's magic.</summary>
    public static bool Recognise(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4];
        return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PAR1"u8);
    }

    private IEnumerable<Row> Rows(Action<string, string> report)
    {
        CheckFooter();
        int number = 0;
        var (groups, features) = Footer();
        for (int group = 0; group < groups; group++)
        {
            IReadOnlyList<Dictionary<string, object>> rows;
            try
            {
                rows = Group(group);
            }
            catch (GeoVlmException e)
            {
                report(file, $"row group {group + 1} of {groups}: {e.Message} The rows from {number + 1} on are lost.");
                yield break;
            }
            for (int i = 0; i < rows.Count; i++)
            {
                var (g, r) = (group, i);
                var fields = rows[i].ToDictionary(f => f.Key, f => Plain(f.Value, row => Navigate(row, f.Key), g, r));
                foreach (string column in features is null ? [] : fields.Keys.ToList())
                    fields[column] = features!.Named(column, fields[column]);
                yield return new Row(fields, file, ++number);
            }
        }

        static object? Navigate(Dictionary<string, object> row, string name) => row.GetValueOrDefault(name);
    }

    private IReadOnlyList<Dictionary<string, object>> Group(int group)
    {
        lock (reading)
        {
            if (cachedGroup == group && cached.TryGetTarget(out var known))
                return known;
            var rows = Try(() =>
            {
                using var stream = File.OpenRead(path);
                return ParquetSerializer.DeserializeUntypedAsync(stream, new ParquetOptions(), group).GetAwaiter().GetResult().Data;
            });
            IReadOnlyList<Dictionary<string, object>> list = [.. rows];
            cached.SetTarget(list);
            cachedGroup = group;
            return list;
        }
    }

    private (int Groups, HuggingFaceFeatures? Features) Footer() =>
        Try(() =>
        {
            using var stream = File.OpenRead(path);
            var reader = ParquetReader.CreateAsync(stream, new ParquetOptions(), leaveStreamOpen: true).GetAwaiter().GetResult();
            var footer = (
                reader.RowGroupCount,
                HuggingFaceFeatures.Parse(reader.CustomMetadata.GetValueOrDefault(HuggingFaceFeatures.Key))
            );
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return footer;
        });

    /// <summary>The footer's length is believed only when the file has room for it.</summary>
    private void CheckFooter()
    {
        using var stream = File.OpenRead(path);
        Span<byte> tail = stackalloc byte[8];
        if (stream.Length < 12)
            throw new GeoVlmException($"{path}: not a Parquet file, or cut short ({stream.Length} bytes). Fetch it again.");
        stream.Position = stream.Length - 8;
        stream.ReadExactly(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8))
            throw new GeoVlmException($"{path}: does not end like a Parquet file; it is cut short or something else. Fetch it again.");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (length > stream.Length - 12)
            throw new GeoVlmException(
                $"{path}: says that its footer has {length:N0} bytes, the file has {stream.Length:N0}. It is damaged; fetch it again."
            );
    }

    /// <summary>Damaged files make the decoder fail in many ways; all mean the same to the user.</summary>
    private T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not GeoVlmException)
        {
            string what = Line().Match(e.Message).Value.TrimEnd('.');
            throw new GeoVlmException(
                $"{path}: cannot be read as Parquet ({what}). It is damaged, or uses a feature that is not read; write it again, e.g. with pyarrow.",
                e
            );
        }
    }

    /// <summary>The plain value of a cell; <paramref name="again"/> finds the same cell in the row read anew.</summary>
    private object? Plain(object? value, Func<Dictionary<string, object>, object?> again, int group, int row) =>
        value switch
        {
            null => null,
            string or bool or long or double => value,
            ReadOnlyMemory<char> text => text.ToString(),
            byte[] { Length: <= InlineBytes } small => new RowBytes(small.Length, () => small),
            byte[] large => new RowBytes(
                large.Length,
                () =>
                    again(Group(group)[row]) as byte[]
                    ?? throw new GeoVlmException(
                        $"{path}: row {row + 1} of row group {group + 1} has changed since it was read. Load the dataset again."
                    )
            ),
            float number => (double)number,
            sbyte or short or int or byte or ushort or uint => Convert.ToInt64(value),
            ulong number => number <= long.MaxValue ? (long)number : (double)number,
            decimal number => (double)number,
            DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"),
            IDictionary record => record
                .Keys.Cast<object>()
                .ToDictionary(k => k.ToString()!, k => Plain(record[k], r => (again(r) as IDictionary)?[k], group, row)),
            IEnumerable list => list.Cast<object?>()
                .Select((item, i) => Plain(item, r => (again(r) as IEnumerable)?.Cast<object?>().ElementAtOrDefault(i), group, row))
                .ToList(),
            _ => value.ToString(),
        };

    [GeneratedRegex(@"^[^\r\n]{0,200}")]
    private static partial Regex Line();
}
