using CsCheck;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Tests.Judging.Parsing;

public class MathExpressionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("harbor")]
    [InlineData("1 +")]
    [InlineData("(1")]
    [InlineData("2 2")]
    [InlineData("\\frac{1}2")]
    [InlineData("1,20")]
    [InlineData("a = b = c")]
    [InlineData("y + 1 = 2")]
    public void What_is_no_formula(string text) => Assert.False(MathExpression.IsOne(text) || MathExpression.Same(text, text));

    [Fact]
    public void Deep_and_long_texts_are_none_and_nothing_throws()
    {
        foreach (string piece in (string[])["(", "-", "\\sqrt", "sin ", "{", "2^", "\\frac{", "1+(", "√", "x "])
        foreach (int count in (int[])[10, 60, 100_000])
            MathExpression.Same(string.Concat(Enumerable.Repeat(piece, count)) + "1", "1");
        Assert.False(MathExpression.IsOne(new string('(', 60) + "1" + new string(')', 60)));
        Gen.String.Sample(
            text =>
            {
                MathExpression.Same(text, text);
            },
            iter: 2_000
        );
    }

    [Fact]
    public void The_order_of_terms_and_factors_does_not_matter()
    {
        Gen.Select(Gen.Int[1, 99], Gen.Int[1, 99], Gen.Int[1, 99])
            .Sample(
                (a, b, c) =>
                    MathExpression.Same($"{a}x^2 + {b}x + {c}", $"{c} + x({a}x + {b})")
                    && !MathExpression.Same($"{a}x + {b}", $"{a}x + {b + 1}"),
                iter: 300
            );
    }
}
