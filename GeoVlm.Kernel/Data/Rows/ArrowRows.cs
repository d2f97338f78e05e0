using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace GeoVlm.Data.Rows;

/// <summary>Rows of Arrow IPC, stream or file: what Hugging Face's <c>save_to_disk</c>
/// writes. The file is mapped, pictures in cells stay in it.</summary>
internal static class ArrowRows
{
    private static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>The rows; where a record batch is damaged or cut short it is reported and the rows before it are kept.</summary>
    /// <exception cref="GeoVlmException">The beginning is no Arrow schema.</exception>
    public static IEnumerable<Row> Read(string path, string file, Action<string, string> report)
    {
        using var batches = Batches(path).GetEnumerator();
        int number = 0,
            read = 0;
        HuggingFaceFeatures? features = null;
        while (true)
        {
            List<Row> rows;
            try
            {
                if (!batches.MoveNext())
                    yield break;
                var (batch, again) = batches.Current;
                int first = number;
                if (read == 0 && batch.Schema.HasMetadata)
                    features = HuggingFaceFeatures.Parse(batch.Schema.Metadata.GetValueOrDefault(HuggingFaceFeatures.Key));
                rows = [.. Enumerable.Range(0, batch.Length).Select(i => RowOf(batch, again, i, file, first + i + 1, features))];
            }
            catch (Exception e) when (e is not GeoVlmException)
            {
                report(
                    file,
                    $"record batch {read + 1} (from row {number + 1}) is damaged or cut short: {e.Message} Rows before it are kept. Fetch the file again."
                );
                yield break;
            }
            read++;
            number += rows.Count;
            foreach (var row in rows)
                yield return row;
        }
    }

    /// <summary>The batches, each with how to get it again once it is forgotten.</summary>
    private static IEnumerable<(RecordBatch Batch, Func<RecordBatch> Again)> Batches(string path)
    {
        var mapped = new MappedFile(path);
        bool isFile = mapped.Memory.Span.StartsWith(Magic);
        // The file format is the stream format behind eight bytes, with an index after it; some writers leave the schema to the index.
        var memory = isFile ? mapped.Memory[8..] : mapped.Memory;
        ArrowStreamReader? reader = null;
        try
        {
            reader = new ArrowStreamReader((ReadOnlyMemory<byte>)memory);
            _ = reader.Schema;
        }
        catch (Exception e)
        {
            if (!isFile)
                throw new GeoVlmException(
                    $"{path}: does not begin with an Arrow schema ({e.Message}). It is damaged or something else; fetch it again.",
                    e
                );
            reader = null;
        }
        if (reader is null)
        {
            foreach (var item in Indexed(path))
                yield return item;
            yield break;
        }
        while (reader.ReadNextRecordBatch() is { } batch)
            yield return (batch, () => batch); // its memory is the mapped file
    }

    private static IEnumerable<(RecordBatch, Func<RecordBatch>)> Indexed(string path)
    {
        int count;
        try
        {
            using var reader = new ArrowFileReader(File.OpenRead(path));
            count = reader.RecordBatchCountAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            throw new GeoVlmException(
                $"{path}: its Arrow schema cannot be read ({e.Message}). It is damaged or cut short; fetch it again.",
                e
            );
        }
        for (int i = 0; i < count; i++)
        {
            int index = i;
            var kept = new WeakReference<RecordBatch?>(null);
            yield return (Batch(), Batch);

            RecordBatch Batch()
            {
                if (kept.TryGetTarget(out var known))
                    return known;
                using var reader = new ArrowFileReader(File.OpenRead(path));
                var batch = reader.ReadRecordBatchAsync(index, default).AsTask().GetAwaiter().GetResult();
                kept.SetTarget(batch);
                return batch;
            }
        }
    }

    /// <summary>True for Arrow IPC files and streams.</summary>
    public static bool Recognise(string path)
    {
        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[8];
        if (stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8)
            return false;
        // A stream begins with the continuation marker and the length of the schema message.
        return start.StartsWith(Magic)
            || (start is [0xFF, 0xFF, 0xFF, 0xFF, _, _, _, 0] && BitConverter.ToInt32(start[4..]) is > 0 and < 1 << 24);
    }

    private static Row RowOf(RecordBatch batch, Func<RecordBatch> again, int index, string file, int number, HuggingFaceFeatures? features)
    {
        var fields = new Dictionary<string, object?>(batch.ColumnCount);
        for (int c = 0; c < batch.ColumnCount; c++)
            fields[batch.Schema.GetFieldByIndex(c).Name] = features is null
                ? Cell(c)
                : features.Named(batch.Schema.GetFieldByIndex(c).Name, Cell(c));
        return new Row(fields, file, number);

        object? Cell(int column) => Value(batch.Column(column), index, () => again().Column(column));
    }

    /// <summary>A cell's plain value; <paramref name="again"/> finds the same array once its batch is forgotten.</summary>
    private static object? Value(IArrowArray array, int i, Func<IArrowArray> again)
    {
        if (array.IsNull(i))
            return null;
        switch (array)
        {
            case StringArray text:
                return text.GetString(i);
            case LargeStringArray text:
                return text.GetString(i);
            case StringViewArray text:
                return text.GetString(i);
            case BinaryViewArray bytes:
                return new RowBytes(bytes.GetBytes(i).Length, () => ((BinaryViewArray)again()).GetBytes(i).ToArray());
            case BinaryArray bytes:
                return new RowBytes(bytes.GetBytes(i).Length, () => ((BinaryArray)again()).GetBytes(i).ToArray());
            case LargeBinaryArray bytes:
                return new RowBytes(bytes.GetBytes(i).Length, () => ((LargeBinaryArray)again()).GetBytes(i).ToArray());
            case BooleanArray flags:
                return flags.GetValue(i);
            case Int8Array n:
                return (long?)n.GetValue(i);
            case Int16Array n:
                return (long?)n.GetValue(i);
            case Int32Array n:
                return (long?)n.GetValue(i);
            case Int64Array n:
                return n.GetValue(i);
            case UInt8Array n:
                return (long?)n.GetValue(i);
            case UInt16Array n:
                return (long?)n.GetValue(i);
            case UInt32Array n:
                return (long?)n.GetValue(i);
            case UInt64Array n:
                return (double?)n.GetValue(i);
            case HalfFloatArray n:
                return (double?)n.GetValue(i);
            case FloatArray n:
                return (double?)n.GetValue(i);
            case DoubleArray n:
                return n.GetValue(i);
            case TimestampArray time:
                return time.GetTimestamp(i)?.ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
            case Date32Array date:
                return date.GetDateTime(i)?.ToString("yyyy-MM-dd");
            case DictionaryArray words:
                return Value(
                    words.Dictionary,
                    Convert.ToInt32(Value(words.Indices, i, again)),
                    () => ((DictionaryArray)again()).Dictionary
                );
            case StructArray record:
                var names = ((Apache.Arrow.Types.StructType)record.Data.DataType).Fields;
                return Enumerable
                    .Range(0, names.Count)
                    .ToDictionary(f => names[f].Name, f => Value(record.Fields[f], i, () => ((StructArray)again()).Fields[f]));
            case ListArray list:
                return Items(list.Values, list.ValueOffsets[i], list.GetValueLength(i), () => ((ListArray)again()).Values);
            case LargeListArray list:
                return Items(list.Values, (int)list.ValueOffsets[i], list.GetValueLength(i), () => ((LargeListArray)again()).Values);
            case FixedSizeListArray list:
                int size = ((Apache.Arrow.Types.FixedSizeListType)list.Data.DataType).ListSize;
                return Items(list.Values, (list.Offset + i) * size, size, () => ((FixedSizeListArray)again()).Values);
            default:
                return $"({array.Data.DataType.Name})";
        }
    }

    private static List<object?> Items(IArrowArray values, int start, int count, Func<IArrowArray> again) =>
        [.. Enumerable.Range(start, count).Select(i => Value(values, i, again))];
}
