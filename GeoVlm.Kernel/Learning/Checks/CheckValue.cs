using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>A value that a check compares: an array of numbers, or text.</summary>
/// <param name="Numbers">The numbers, row by row; NaN where JSON has null.</param>
/// <param name="Shape">Dimensions of the array; empty for one number.</param>
/// <param name="Exact">Whether only equality will do, whatever the tolerance: ids, counts, masks.</param>
/// <param name="Text">The text when this is no array.</param>
internal sealed record CheckValue(double[] Numbers, long[] Shape, bool Exact = false, string? Text = null)
{
    /// <summary>A tensor's numbers; a tensor of integers is exact.</summary>
    public static CheckValue Of(Tensor tensor)
    {
        bool integral = !tensor.is_floating_point();
        using Tensor plain = tensor.detach().to(ScalarType.Float64);
        return new(plain.ToArray<double>(), tensor.shape, integral);
    }

    /// <summary>Text.</summary>
    public static CheckValue Of(string text) => new([], [], Exact: true, text);

    /// <summary>One number.</summary>
    public static CheckValue Of(double number) => new([number], []);

    /// <summary>A list of numbers.</summary>
    public static CheckValue Of(IEnumerable<double> numbers)
    {
        double[] all = [.. numbers];
        return new(all, [all.Length]);
    }

    /// <summary>A list of integers.</summary>
    public static CheckValue OfIntegers(IEnumerable<long> numbers) => Of(numbers.Select(n => (double)n)) with { Exact = true };

    /// <summary>A list of token ids.</summary>
    public static CheckValue OfIds(IEnumerable<int> ids) => OfIntegers(ids.Select(i => (long)i));

    /// <summary>Some rows of an array of numbers.</summary>
    public CheckValue Rows(int first, int count, long width) =>
        this with
        {
            Numbers = Numbers[(int)(first * width)..(int)((first + count) * width)],
            Shape = [count, width],
        };

    /// <summary>What messages say of it: its shape or the start of its text.</summary>
    public string Describe() => Text is null ? $"[{string.Join(", ", Shape)}]" : $"\"{(Text.Length > 60 ? Text[..60] + "…" : Text)}\"";
}
