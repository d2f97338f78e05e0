using Apache.Arrow;
using Apache.Arrow.Types;

namespace GeoVlm.Data.Tables;

/// <summary>A table of named, typed columns: a dataset's rows, or what a query gave.</summary>
/// <param name="Columns">The columns, all of one length.</param>
public sealed record DataFrame(IReadOnlyList<DataColumn> Columns)
{
    /// <summary>Number of rows.</summary>
    public int Count => Columns.Count == 0 ? 0 : Columns[0].Values.Count;

    /// <summary>The column of this name, letter case aside.</summary>
    /// <exception cref="GeoVlmException">There is none; the message has all names.</exception>
    public DataColumn this[string name] => NearestName.Find(Columns, c => c.Name, name, "column");

    /// <summary>The values of one row, in the order of the columns.</summary>
    public IReadOnlyList<object?> Row(int index) => [.. Columns.Select(c => c.Values[index])];

    /// <summary>The first rows.</summary>
    public DataFrame Head(int count = 6) => new([.. Columns.Select(c => c with { Values = [.. c.Values.Take(count)] })]);

    /// <summary>The same in Arrow's memory layout: int64, float64, bool, timestamp in UTC, or text.</summary>
    public RecordBatch ToArrow()
    {
        var schema = new Schema([.. Columns.Select(c => new Field(c.Name, ArrowType(c.Type), nullable: true))], null);
        return new RecordBatch(schema, Columns.Select(ArrowValues), Count);
    }

    private static IArrowType ArrowType(Type type) =>
        type == typeof(long) ? Int64Type.Default
        : type == typeof(double) ? DoubleType.Default
        : type == typeof(bool) ? BooleanType.Default
        : type == typeof(DateTime) ? TimestampType.Default
        : StringType.Default;

    private static IArrowArray ArrowValues(DataColumn column)
    {
        if (column.Type == typeof(long))
            return Build<long, Int64Array, Int64Array.Builder>(new(), column);
        if (column.Type == typeof(double))
            return Build<double, DoubleArray, DoubleArray.Builder>(new(), column);
        if (column.Type == typeof(bool))
            return Build<bool, BooleanArray, BooleanArray.Builder>(new(), column);
        if (column.Type == typeof(DateTime))
        {
            var times = new TimestampArray.Builder(TimestampType.Default);
            foreach (object? value in column.Values)
                if (value is DateTime time)
                    times.Append(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)));
                else
                    times.AppendNull();
            return times.Build();
        }
        var texts = new StringArray.Builder();
        foreach (object? value in column.Values)
            texts.Append(value as string);
        return texts.Build();
    }

    private static TArray Build<T, TArray, TBuilder>(TBuilder builder, DataColumn column)
        where TArray : IArrowArray
        where TBuilder : IArrowArrayBuilder<T, TArray, TBuilder>
    {
        builder.Reserve(column.Values.Count);
        foreach (object? value in column.Values)
            if (value is T number)
                builder.Append(number);
            else
                builder.AppendNull();
        return builder.Build(null!);
    }
}

/// <summary>One column.</summary>
/// <param name="Name">Its name, unique in the table whatever the letter case.</param>
/// <param name="Type">long, double, bool, DateTime or string.</param>
/// <param name="Values">A value of that type, or null, for each row.</param>
public sealed record DataColumn(string Name, Type Type, IReadOnlyList<object?> Values);
