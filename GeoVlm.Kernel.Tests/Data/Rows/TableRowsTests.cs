using System.Globalization;
using System.Text.Json;
using GeoVlm.Data.Rows;
using GeoVlm.Tests.Data.Readers;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Rows;

public class TableRowsTests
{
    [Fact]
    public void Every_Parquet_file_has_its_rows_and_its_first_row()
    {
        int files = 0;
        foreach (var (path, facts) in Truth.Of("").Where(f => f.Path.EndsWith(".parquet") && f.Facts.TryGetProperty("first", out _)))
        {
            files++;
            var rows = RowFile
                .Read(SharedFolder.Require("eo-samples/" + path), path, (where, what) => Assert.Fail($"{where}: {what}"))
                .ToList();
            Assert.Equal((path, facts.GetProperty("rows").GetInt32()), (path, rows.Count));
            foreach (
                var value in facts
                    .GetProperty("first")
                    .EnumerateObject()
                    .Where(v => v.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            )
            {
                object? found = rows[0].Fields.GetValueOrDefault(value.Name);
                if (found is RowBytes or null || value.Name == "timestamp_col")
                    continue;
                if (value.Value.ValueKind == JsonValueKind.Number)
                    Assert.Equal(value.Value.GetDouble(), Row.AsNumber(found)!.Value, 5);
                else
                    Assert.Equal(value.Value.GetString(), Convert.ToString(found, CultureInfo.InvariantCulture));
            }
        }
        Assert.True(files >= 10, $"{files} files");
    }

    [Fact]
    public void Nested_lists_and_nulls_keep_their_shape()
    {
        var row = RowFile
            .Read(SharedFolder.Require("eo-samples/parquet/parquet-testing/nested_lists.snappy.parquet"), "x", (_, _) => { })
            .First();
        var outer = row.List("a")!;
        Assert.Equal(["a", "b"], ((List<object?>)((List<object?>)outer[0]!)[0]!).Cast<string>());
        Assert.Equal(["d"], ((List<object?>)((List<object?>)outer[1]!)[1]!).Cast<string>());
        var binary = RowFile.Read(SharedFolder.Require("eo-samples/parquet/parquet-testing/binary.parquet"), "x", (_, _) => { }).ToList();
        Assert.Equal((12, 0), (binary.Count, ((RowBytes)binary[0].Fields["foo"]!).Load()[0]));
    }

    [Fact]
    public void Every_CSV_file_has_its_rows()
    {
        foreach (
            var (path, facts) in Truth.Of("").Where(f => f.Path.EndsWith(".csv") && f.Facts.TryGetProperty("rows_including_header", out _))
        )
        {
            int rows = RowFile.Read(SharedFolder.Require("eo-samples/" + path), path, (_, _) => { }).Count();
            // Tables of patch names have no header.
            int expected = facts.GetProperty("rows_including_header").GetInt32() - (path.Contains("bigearthnet-") ? 0 : 1);
            Assert.Equal((path, expected), (path, rows));
        }
    }
}
