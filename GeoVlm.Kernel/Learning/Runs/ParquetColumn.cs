using GeoVlm.Models.Weights;
using Parquet;
using Parquet.Schema;

namespace GeoVlm.Learning.Runs;

/// <summary>A column of a Parquet file that other tools read: SQL, pandas, Arrow.</summary>
internal sealed class ParquetColumn
{
    private readonly DataField field;
    private readonly Func<ParquetRowGroupWriter, DataField, Task> write;

    private ParquetColumn(DataField field, Func<ParquetRowGroupWriter, DataField, Task> write) => (this.field, this.write) = (field, write);

    public static ParquetColumn Of(string name, IEnumerable<string> values)
    {
        string[] all = [.. values];
        return new(new DataField<string>(name, nullable: false), (group, field) => group.WriteAsync(field, all));
    }

    public static ParquetColumn Of<T>(string name, IEnumerable<T> values)
        where T : struct
    {
        T[] all = [.. values];
        return new(new DataField<T>(name), (group, field) => group.WriteAsync<T>(field, all.AsMemory()));
    }

    /// <summary>Writes a file, complete or not at all.</summary>
    /// <exception cref="GeoVlmException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<ParquetColumn> columns) =>
        // away from the context of a cell, whose thread waits here
        AtomicFile.Write(path, stream => Task.Run(() => WriteAsync(stream, columns)).GetAwaiter().GetResult());

    private static async Task WriteAsync(Stream stream, IReadOnlyList<ParquetColumn> columns)
    {
        var schema = new ParquetSchema(columns.Select(c => (Field)c.field).ToArray());
        await using var writer = await ParquetWriter.CreateAsync(schema, stream).ConfigureAwait(false);
        using var group = writer.CreateRowGroup();
        foreach (var (column, field) in columns.Zip(schema.DataFields))
            await column.write(group, field).ConfigureAwait(false);
        group.CompleteValidate();
    }
}
