using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace GeoVlm.Data.Tables;

/// <summary>An in-memory DuckDB that sees datasets as tables: <c>train</c> has a row
/// a sample, <c>train_objects</c> a row an object.</summary>
/// <remarks>A dataset is copied in when a query first names it, and again when the name has come to mean another dataset. Nothing is
/// fetched from networks.</remarks>
public sealed partial class SqlDatabase : IDisposable
{
    private const string ObjectsSuffix = "_objects";
    private readonly DuckDBConnection connection = new("DataSource=:memory:");
    private readonly Dictionary<string, (EoDataset Dataset, bool WithHeaders)> tables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens an empty database.</summary>
    /// <param name="readsFiles">Whether queries may read and write files of this machine (<c>FROM 'a.parquet'</c>).</param>
    public SqlDatabase(bool readsFiles = true)
    {
        connection.Open();
        // Extensions would be downloaded; what a query needs is built in.
        Execute("SET autoinstall_known_extensions = false");
        if (!readsFiles)
            Execute("SET enable_external_access = false");
        Execute("SET lock_configuration = true");
    }

    /// <summary>The results of a text of statements, in order; statements that give no rows give no result.</summary>
    /// <param name="sql">One or more statements. <c>@name</c> stands for a value, which is bound, never pasted into the text.</param>
    /// <param name="datasets">The datasets by name.</param>
    /// <param name="value">The value of a <c>@name</c>.</param>
    /// <param name="cancellation">Interrupts a running statement.</param>
    /// <exception cref="GeoVlmException">DuckDB refuses the text; its message says where.</exception>
    public IReadOnlyList<DataFrame> Query(
        string sql,
        IReadOnlyDictionary<string, EoDataset> datasets,
        Func<string, object?> value,
        CancellationToken cancellation = default
    )
    {
        foreach (var (name, dataset) in datasets)
            Bring(name, dataset, sql, cancellation);
        var (text, names) = SqlParameters.Bind(sql);
        using var command = connection.CreateCommand();
        command.CommandText = text;
        foreach (string name in names)
            command.Parameters.Add(new DuckDBParameter(name, Plain(name, value(name))));
        using var stop = cancellation.Register(command.Cancel);
        List<DataFrame> results = [];
        try
        {
            using var reader = command.ExecuteReader();
            do
            {
                if (reader.FieldCount > 0)
                    results.Add(Read(reader, cancellation));
            } while (reader.NextResult());
            return results;
        }
        catch (DuckDBException e)
        {
            cancellation.ThrowIfCancellationRequested();
            string tablesSeen =
                datasets.Count > 0
                    ? $" Datasets: {string.Join(", ", datasets.Keys)} (and {datasets.Keys.First()}{ObjectsSuffix} for its objects)."
                    : "";
            throw new GeoVlmException(
                $"{e.Message.Trim()}{(e.Message.Contains("does not exist", StringComparison.Ordinal) ? tablesSeen : "")}",
                e
            );
        }
    }

    /// <summary>The rows of a dataset for which a condition holds, in order.</summary>
    internal static IReadOnlyList<int> RowsWhere(EoDataset dataset, string condition)
    {
        using var database = new SqlDatabase(readsFiles: false);
        var rows = database.Query(
            $"SELECT row FROM samples WHERE (\n{condition}\n) ORDER BY row",
            new Dictionary<string, EoDataset> { ["samples"] = dataset },
            name => throw new GeoVlmException($"@{name} has no value here; write the value itself")
        );
        return [.. rows.Single().Columns[0].Values.Select(v => (int)(long)v!)];
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private void Bring(string name, EoDataset dataset, string sql, CancellationToken cancellation)
    {
        if (!sql.Contains(name, StringComparison.OrdinalIgnoreCase))
            return;
        bool withHeaders =
            AllColumns().IsMatch(sql) || DatasetFrame.HeaderColumns.Any(c => sql.Contains(c, StringComparison.OrdinalIgnoreCase));
        if (tables.TryGetValue(name, out var known) && ReferenceEquals(known.Dataset, dataset) && (known.WithHeaders || !withHeaders))
            return;
        Fill(name, DatasetFrame.Of(dataset, withHeaders, cancellation));
        Fill(name + ObjectsSuffix, DatasetFrame.Objects(dataset));
        tables[name] = (dataset, withHeaders);
    }

    private void Fill(string name, DataFrame frame)
    {
        string quoted = Quote(name);
        Execute($"CREATE OR REPLACE TABLE {quoted} ({string.Join(", ", frame.Columns.Select(c => $"{Quote(c.Name)} {SqlType(c.Type)}"))})");
        using var appender = connection.CreateAppender(name);
        for (int i = 0; i < frame.Count; i++)
        {
            var row = appender.CreateRow();
            foreach (var column in frame.Columns)
                _ = column.Values[i] switch
                {
                    null => row.AppendNullValue(),
                    long number => row.AppendValue(number),
                    double number => row.AppendValue(number),
                    bool flag => row.AppendValue(flag),
                    object text => row.AppendValue(Convert.ToString(text, CultureInfo.InvariantCulture)),
                };
            row.EndRow();
        }
    }

    private static DataFrame Read(DuckDBDataReader reader, CancellationToken cancellation)
    {
        var columns = new List<object?>[reader.FieldCount];
        var types = new Type[reader.FieldCount];
        for (int c = 0; c < columns.Length; c++)
            (columns[c], types[c]) = ([], PlainType(reader.GetFieldType(c)));
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            for (int c = 0; c < columns.Length; c++)
                columns[c].Add(reader.IsDBNull(c) ? null : Plain(reader.GetValue(c), types[c]));
        }
        return new DataFrame([.. columns.Select((values, c) => new DataColumn(reader.GetName(c), types[c], values))]);
    }

    private static Type PlainType(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => typeof(bool),
            TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 =>
                typeof(long),
            TypeCode.UInt64 or TypeCode.Single or TypeCode.Double or TypeCode.Decimal => typeof(double),
            TypeCode.DateTime => typeof(DateTime),
            // sum() of whole numbers is a 128-bit number in DuckDB.
            _ => type == typeof(BigInteger) ? typeof(double) : typeof(string),
        };

    private static object Plain(object value, Type type) =>
        type == typeof(double) && value is BigInteger big ? (double)big
        : type != typeof(string) ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture)
        : value is System.Collections.IEnumerable list and not string ? $"[{string.Join(", ", list.Cast<object?>())}]"
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static object? Plain(string name, object? value) =>
        value switch
        {
            null
            or string
            or bool
            or sbyte
            or byte
            or short
            or ushort
            or int
            or uint
            or long
            or ulong
            or float
            or double
            or decimal
            or DateTime
            or DateTimeOffset
            or Guid => value,
            char or Enum => value.ToString(),
            System.Collections.IEnumerable list when list.Cast<object?>().All(v => v is string) => list.Cast<string>().ToList(),
            System.Collections.IEnumerable list when list.Cast<object?>().All(v => v is int or long) => list.Cast<object>()
                .Select(v => Convert.ToInt64(v, CultureInfo.InvariantCulture))
                .ToList(),
            _ => throw new GeoVlmException(
                $"@{name} is a {value.GetType().Name}; SQL takes text, numbers, dates, true and false, and lists of text or whole numbers"
            ),
        };

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string SqlType(Type type) =>
        type == typeof(long) ? "BIGINT"
        : type == typeof(double) ? "DOUBLE"
        : type == typeof(bool) ? "BOOLEAN"
        : "VARCHAR";

    // "*" between SELECT and FROM, not count(*).
    [GeneratedRegex(@"(?<!\()\*(?!\s*\))(?=\s*(,|FROM\b|EXCLUDE\b|REPLACE\b|$))|^\s*FROM\b|DESCRIBE|SUMMARIZE", RegexOptions.IgnoreCase)]
    private static partial Regex AllColumns();
}
