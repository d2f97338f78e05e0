using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace GeoVlm.Data.Rows;

/// <summary>The plain values of a Python pickle, protocols 0 to 4: lists, tuples, dictionaries, texts, bytes, numbers.</summary>
/// <remarks>
/// A pickle is a program. Here only the instructions that push and gather plain values are known; any that names a class, calls
/// something or builds an object ends the reading. What is read is no larger than the file: nothing is copied by being named twice.
/// Source: the comments of Python's <c>pickletools</c>.
/// </remarks>
internal sealed partial class PickleFile
{
    private const long MostBytes = 512L << 20;
    private const int LongestInteger = 64,
        MostDigits = 160;

    private readonly byte[] bytes;
    private readonly Dictionary<long, object?> memo = [];
    private readonly Stack<List<object?>> marks = [];
    private List<object?> stack = [];
    private int at;

    private PickleFile(byte[] bytes) => this.bytes = bytes;

    /// <summary>The value: of the types of a <see cref="Row"/>'s cells.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="GeoVlmException">The file is too large, damaged, or holds more than plain values.</exception>
    public static object? Read(string path)
    {
        if (new FileInfo(path).Length is > MostBytes and var length)
            throw new GeoVlmException(
                $"{path}: {length:N0} bytes, more than the {MostBytes:N0} that are read of a pickle. Write it as JSON."
            );
        var pickle = new PickleFile(File.ReadAllBytes(path));
        try
        {
            while (pickle.Byte() is var code && code != '.')
                pickle.Follow((char)code, path);
            return pickle.Pop();
        }
        catch (Exception e)
            when (e
                    is ArgumentException
                        or IndexOutOfRangeException
                        or FormatException
                        or InvalidCastException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or OverflowException
            )
        {
            throw new GeoVlmException($"{path}: no pickle, or damaged at byte {pickle.at:N0}. Fetch the file again.", e);
        }
    }

    private void Follow(char code, string path)
    {
        switch (code)
        {
            case '\x80': // protocol
                Take(1);
                break;
            case '\x95': // frame
                Take(8);
                break;
            case '(':
                marks.Push(stack);
                stack = [];
                break;
            case '0':
                Pop();
                break;
            case '1':
                Marked();
                break;
            case '2':
                stack.Add(stack[^1]);
                break;
            case 'p':
                memo[long.Parse(Line(), CultureInfo.InvariantCulture)] = stack[^1];
                break;
            case 'q':
                memo[Byte()] = stack[^1];
                break;
            case 'r':
                memo[Count()] = stack[^1];
                break;
            case '\x94':
                memo[memo.Count] = stack[^1];
                break;
            case 'g':
                stack.Add(memo[long.Parse(Line(), CultureInfo.InvariantCulture)]);
                break;
            case 'h':
                stack.Add(memo[Byte()]);
                break;
            case 'j':
                stack.Add(memo[Count()]);
                break;
            case 'a':
                var one = Pop();
                ((List<object?>)stack[^1]!).Add(one);
                break;
            case 'e':
                var several = Marked();
                ((List<object?>)stack[^1]!).AddRange(several);
                break;
            case 's':
                var value = Pop();
                Set((Dictionary<string, object?>)stack[^2]!, [stack[^1], value]);
                Pop();
                break;
            case 'u':
                var pairs = Marked();
                Set((Dictionary<string, object?>)stack[^1]!, pairs);
                break;
            default:
                // Gathering what is marked trades the stack below it back in, so it comes first.
                var plain = Plain(code, path);
                stack.Add(plain);
                break;
        }
    }

    private object? Plain(char code, string path) =>
        code switch
        {
            'N' => null,
            '\x88' => true,
            '\x89' => false,
            'I' => Line() is var line && line is "00" or "01" ? line == "01" : Written(line),
            'L' => Written(Line().TrimEnd('L')),
            'J' => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
            'K' => (long)Byte(),
            'M' => (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
            '\x8a' => Integer(Byte()),
            '\x8b' => Integer(Count()),
            'F' => double.Parse(Line(), CultureInfo.InvariantCulture),
            'G' => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
            'S' => Regex.Unescape(Line()[1..^1]),
            'V' => Escaped().Replace(Line(), m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString()),
            'U' or '\x8c' => Encoding.UTF8.GetString(Take(Byte())),
            'T' or 'X' => Encoding.UTF8.GetString(Take(Count())),
            '\x8d' => Encoding.UTF8.GetString(Take(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(Take(8))))),
            'C' => Take(Byte()).ToArray(),
            'B' => Take(Count()).ToArray(),
            '\x8e' => Take(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(Take(8)))).ToArray(),
            ']' or ')' => new List<object?>(),
            'l' or 't' => Marked(),
            '\x85' => Last(1),
            '\x86' => Last(2),
            '\x87' => Last(3),
            '}' => new Dictionary<string, object?>(),
            'd' => Set([], Marked()),
            _ => throw new GeoVlmException(
                $"{path}: at byte {at - 1:N0} it holds more than lists, dictionaries, texts and numbers (instruction 0x{(int)code:x2}). Such a "
                    + "pickle can run code, and is not followed. If you trust it, write it as JSON beside it (Python: json.dump(pickle.load(…), …))."
            ),
        };

    private static Dictionary<string, object?> Set(Dictionary<string, object?> target, List<object?> pairs)
    {
        for (int i = 0; i + 1 < pairs.Count; i += 2)
            target[Row.AsText(pairs[i]) ?? throw new InvalidCastException("a key that is no text")] = pairs[i + 1];
        return target;
    }

    private List<object?> Marked()
    {
        var above = stack;
        stack = marks.Pop();
        return above;
    }

    private List<object?> Last(int count)
    {
        var last = stack[^count..];
        stack.RemoveRange(stack.Count - count, count);
        return last;
    }

    private object? Pop()
    {
        var top = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    // Longer than any id; a text of a million digits would take minutes to turn into a number.
    private object Integer(int length) =>
        length > LongestInteger ? throw new FormatException("an integer that is too long") : Whole(new BigInteger(Take(length)));

    private static object Written(string digits) =>
        digits.Length > MostDigits
            ? throw new FormatException("an integer that is too long")
            : Whole(BigInteger.Parse(digits, CultureInfo.InvariantCulture));

    private static object Whole(BigInteger number) =>
        number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : (double)number;

    private byte Byte() => bytes[at++];

    private int Count() => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = bytes.AsSpan(at, count);
        at += count;
        return taken;
    }

    private string Line()
    {
        int length = bytes.AsSpan(at).IndexOf((byte)'\n');
        string line = Encoding.Latin1.GetString(Take(length)).TrimEnd('\r');
        at++;
        return line;
    }

    [GeneratedRegex(@"\\u([0-9a-fA-F]{4})")]
    private static partial Regex Escaped();
}
