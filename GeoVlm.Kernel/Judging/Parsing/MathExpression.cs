using System.Globalization;
using GeoVlm.Data;

namespace GeoVlm.Judging.Parsing;

/// <summary>Formulas as models write them, in plain text or LaTeX: whether two are worth the same for every value of their
/// letters.</summary>
/// <remarks>
/// Numbers, letters as variables, + − · / ^ %, brackets, \frac, \sqrt, π, sin, cos, tan, exp, ln and log. Equality is tried at fixed
/// points, positive and negative (Schwartz 1980, Zippel 1979), to 1e-6 of the value: 0.333 is not 1/3, 0.3333333 is. Sets, intervals,
/// units and equations are not compared; of "x = 3" the right side counts. Linear time, bounded length and depth, never throws.
/// </remarks>
public static class MathExpression
{
    private const int MaximumLength = 300,
        MaximumDepth = 40,
        Points = 8;
    private const double Tolerance = 1e-6;

    private static readonly (string Written, string Plain)[] Spellings =
    [
        ("\\left", ""),
        ("\\right", ""),
        ("\\dfrac", "\\frac"),
        ("\\tfrac", "\\frac"),
        ("\\cdot", "*"),
        ("\\times", "*"),
        ("\\div", "/"),
        ("\\pi", "π"),
        ("\\%", "%"),
        ("\\,", ""),
        ("\\;", ""),
        ("\\!", ""),
        ("\\(", ""),
        ("\\)", ""),
        ("\\[", ""),
        ("\\]", ""),
        ("$", ""),
        ("−", "-"),
        ("–", "-"),
        ("×", "*"),
        ("·", "*"),
        ("÷", "/"),
        ("²", "^2"),
        ("³", "^3"),
        ("√", "\\sqrt"),
        ("**", "^"),
    ];

    /// <summary>Whether a text is a formula.</summary>
    public static bool IsOne(string text) => Of(text) is { } formula && Value(formula, 0) is not null;

    /// <summary>Whether two texts are formulas of the same value; false where either is none, or neither is ever finite.</summary>
    public static bool Same(string a, string b)
    {
        if (Of(a) is not { } left || Of(b) is not { } right)
            return false;
        bool met = false;
        for (int point = 0; point < Points; point++)
        {
            if (Value(left, point) is not { } x || Value(right, point) is not { } y)
                return false;
            if (!double.IsFinite(x) || !double.IsFinite(y))
                continue;
            if (Math.Abs(x - y) > Tolerance * Math.Max(Math.Abs(x), Math.Abs(y)))
                return false;
            met = true;
        }
        return met;
    }

    /// <summary>The formula of an answer in one spelling; null where it is too long or empty.</summary>
    private static string? Of(string text)
    {
        text = text.Trim();
        if (text.Length is 0 or > MaximumLength)
            return null;
        foreach (var (written, plain) in Spellings)
            text = text.Replace(written, plain, StringComparison.Ordinal);
        text = text.Trim().TrimEnd('.');
        const string boxed = "\\boxed{";
        if (text.StartsWith(boxed, StringComparison.Ordinal) && text.EndsWith('}'))
            text = text[boxed.Length..^1];
        if (text.Split('=') is [var name, var value])
            text = name.Trim() is [var letter] && char.IsAsciiLetter(letter) ? value : "";
        return text.Trim();
    }

    /// <summary>The value at a point, NaN or infinite where there is none; null where the text is no formula.</summary>
    private static double? Value(string formula, int point) => new Reader(formula, point).Whole();

    /// <summary>Recursive descent that computes as it reads.</summary>
    private ref struct Reader(string text, int point)
    {
        private int at;
        private int depth;
        private bool failed;

        public double? Whole()
        {
            double value = Sum();
            return failed || Next() != '\0' ? null : value;
        }

        private double Sum()
        {
            if (++depth > MaximumDepth)
                return Fail();
            double sum = Product();
            while (!failed && Next() is '+' or '-')
                sum = text[at++] == '+' ? sum + Product() : sum - Product();
            depth--;
            return sum;
        }

        private double Product()
        {
            double product = Signed();
            while (!failed)
            {
                char next = Next();
                if (next is '*' or '/')
                {
                    at++;
                    product = next == '*' ? product * Signed() : product / Signed();
                }
                // 2x and 2(x + 1), but never "2 2": an answer said twice is no product.
                else if (next is '(' or '\\' or 'π' || char.IsAsciiLetter(next))
                    product *= Power();
                else
                    break;
            }
            return product;
        }

        private double Signed()
        {
            double sign = 1;
            while (Next() is '-' or '+')
                sign = text[at++] == '-' ? -sign : sign;
            return sign * Power();
        }

        private double Power()
        {
            double value = Primary();
            for (; Next() == '%'; at++)
                value /= 100;
            if (failed || Next() != '^')
                return value;
            at++;
            if (++depth > MaximumDepth)
                return Fail();
            double exponent = Signed();
            depth--;
            return Math.Pow(value, exponent);
        }

        private double Primary()
        {
            char next = Next();
            if (char.IsAsciiDigit(next) || next == '.')
                return Number();
            if (next is '(' or '{')
                return Group(next == '(' ? ')' : '}');
            if (next == 'π')
            {
                at++;
                return Math.PI;
            }
            bool command = next == '\\';
            int from = command ? at + 1 : at,
                end = from;
            while (end < text.Length && char.IsAsciiLetter(text[end]))
                end++;
            string name = text[from..end];
            at = end;
            return name switch
            {
                "frac" when command => Group('}', '{') / Group('}', '{'),
                "sqrt" => Root(),
                "sin" => Math.Sin(Power()),
                "cos" => Math.Cos(Power()),
                "tan" => Math.Tan(Power()),
                "exp" => Math.Exp(Power()),
                "ln" or "log" => Math.Log(Power()),
                "pi" => Math.PI,
                // A word of several letters is a word, not a product of variables.
                [var letter] when !command => letter == 'e' ? Math.E : Variable(letter),
                _ => Fail(),
            };
        }

        private double Root()
        {
            double degree = Next() == '[' ? Group(']', '[') : 2;
            return degree == 2 ? Math.Sqrt(Primary()) : Math.Pow(Primary(), 1 / degree);
        }

        private double Group(char close, char open = '\0')
        {
            if (open != '\0' && Next() != open || Next() == '\0')
                return Fail();
            at++;
            double value = Sum();
            if (Next() != close)
                return Fail();
            at++;
            return value;
        }

        private double Number()
        {
            int from = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.' || IsThousands(from)))
                at++;
            return double.TryParse(
                text[from..at].Replace(",", ""),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double value
            )
                ? value
                : Fail();
        }

        /// <summary>A comma with one to three digits before it and three, no more, behind.</summary>
        private readonly bool IsThousands(int from) =>
            text[at] == ','
            && at > from
            && at - from <= 3
            && at + 3 < text.Length
            && text.AsSpan(at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0
            && (at + 4 == text.Length || !char.IsAsciiDigit(text[at + 4]));

        /// <summary>The same value of a letter at the same point, in −3 to 3.</summary>
        private readonly double Variable(char letter) => new SeededRandom(Seed.Derive((ulong)point, letter)).Uniform(-3, 3);

        private char Next()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                at++;
            return at < text.Length ? text[at] : '\0';
        }

        private double Fail()
        {
            (failed, at) = (true, text.Length);
            return double.NaN;
        }
    }
}
