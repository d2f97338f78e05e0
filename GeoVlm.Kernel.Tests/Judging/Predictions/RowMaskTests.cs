using System.Text.Json;
using GeoVlm.Judging.Predictions;

namespace GeoVlm.Tests.Judging.Predictions;

public class RowMaskTests
{
    [Theory]
    [InlineData("[[0,1,0],[1,1,0]]")]
    [InlineData("[\"010\", \"110\"]")]
    [InlineData("\"010\\n110\"")]
    [InlineData("{\"size\": [2, 3], \"counts\": [1, 3, 2]}")]
    [InlineData("{\"size\": [2, 3], \"counts\": \"132\"}")]
    public void Rows_of_digits_and_run_lengths_are_one_mask(string json)
    {
        using var value = JsonDocument.Parse(json);
        var mask = RowMask.Read(value.RootElement, 3, 2);
        Assert.Equal("010110", string.Concat(mask.Bits.Select(b => b ? '1' : '0')));
    }

    [Theory]
    [InlineData("[[0,1],[1]]", "no mask")]
    [InlineData("\"0120\"", "no mask")]
    [InlineData("5", "no mask")]
    [InlineData("{\"size\": [2, 3], \"counts\": [1, 9]}", "no mask")]
    [InlineData("{\"size\": [\"2\", true], \"counts\": [\"1\", 9]}", "no mask")]
    [InlineData("{\"size\": [2, 3], \"counts\": [\"1\", null]}", "no mask")]
    [InlineData("{\"size\": [2000000, 3000000], \"counts\": []}", "no mask")]
    [InlineData("[[0,1]]", "2 × 1")]
    public void Anything_else_says_what_was_expected(string json, string says)
    {
        using var value = JsonDocument.Parse(json);
        Assert.Contains(says, Assert.Throws<GeoVlmException>(() => RowMask.Read(value.RootElement, 3, 2)).Message);
    }
}
