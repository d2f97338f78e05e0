using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using GeoVlm.Data;

namespace GeoVlm.Rendering;

/// <summary>Describes any value in bounded text: nothing it calls can throw out of it,
/// and no sequence is walked to an end it may not have.</summary>
internal static class ValueText
{
    /// <summary>Items of a sequence that are shown.</summary>
    public const int MostItems = 50;

    private const int MostDepth = 3,
        MostCharacters = 20_000;

    /// <summary>The value as text.</summary>
    public static string Write(object? value) => HtmlText.Truncate(Write(value, MostDepth), MostCharacters);

    /// <summary>The public properties of a value, with what their getters return or throw.</summary>
    public static IReadOnlyList<(string Name, object? Value)> Properties(object value) =>
        [
            .. value
                .GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
                .Take(MostItems)
                .Select(p => (p.Name, Guard(() => p.GetValue(value)))),
        ];

    /// <summary>Up to <see cref="MostItems"/> items, and whether there are more; an item that throws ends them.</summary>
    public static (IReadOnlyList<object?> Items, bool More) Items(IEnumerable sequence)
    {
        var items = new List<object?>();
        try
        {
            // As IDictionary a map gives entries; as a sequence it would give pairs of types that are not known here.
            var enumerator = sequence is IDictionary map ? map.GetEnumerator() : sequence.GetEnumerator();
            using var disposal = enumerator as IDisposable;
            while (enumerator.MoveNext())
            {
                if (items.Count == MostItems)
                    return (items, true);
                items.Add(enumerator.Current);
            }
        }
        catch (Exception exception)
        {
            items.Add(new Thrown(exception));
        }
        return (items, false);
    }

    /// <summary>Whether its properties say more than its ToString: records, anonymous
    /// types, and classes that have none of their own.</summary>
    public static bool IsPlainData(object value)
    {
        var type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || value is string or decimal or Type or Delegate or ITuple or Thrown)
            return false;
        bool isRecord =
            type.GetMethod("<Clone>$") is not null
            || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;
        bool isAnonymous = type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Name.Contains("AnonymousType");
        return isRecord || isAnonymous || type.GetMethod("ToString", Type.EmptyTypes)?.DeclaringType == typeof(object);
    }

    private static string Write(object? value, int depth) =>
        value switch
        {
            null => "null",
            string text => text,
            bool b => b ? "True" : "False",
            DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
            Exception exception => $"{exception.GetType().Name}: {Guard(() => exception.Message)}",
            RgbImage image => $"RgbImage {image.Width} × {image.Height}",
            IDictionary map => Join("{", Items(map), "}", depth, "entries"),
            DictionaryEntry entry => $"{Write(entry.Key, depth - 1)}: {Write(entry.Value, depth - 1)}",
            IEnumerable sequence => Join("[", Items(sequence), "]", depth, "items"),
            _ when IsPlainData(value) => depth <= 0 ? value.GetType().Name : Members(value, depth),
            IFormattable formattable => Guard(() => formattable.ToString(null, CultureInfo.InvariantCulture))?.ToString() ?? "",
            _ => Guard(value.ToString)?.ToString() ?? "",
        };

    private static string Members(object value, int depth)
    {
        string name = value.GetType().Name.Contains("AnonymousType") ? "" : value.GetType().Name + " ";
        var members = Properties(value).Where(p => p.Name != "EqualityContract").Select(p => $"{p.Name} = {Write(p.Value, depth - 1)}");
        return $"{name}{{ {string.Join(", ", members)} }}";
    }

    private static string Join(string open, (IReadOnlyList<object?> Items, bool More) found, string close, int depth, string what)
    {
        if (depth <= 0)
            return $"{open}…{close}";
        var text = new StringBuilder(open);
        for (int i = 0; i < found.Items.Count && text.Length < MostCharacters; i++)
            text.Append(i > 0 ? ", " : "").Append(Write(found.Items[i], depth - 1));
        if (found.More)
            text.Append($", … (more than {MostItems} {what})");
        return text.Append(close).ToString();
    }

    private static object? Guard(Func<object?> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception)
        {
            return new Thrown(exception is TargetInvocationException { InnerException: { } inner } ? inner : exception);
        }
    }

    /// <summary>Stands where a value would be, had reading it not thrown.</summary>
    private sealed record Thrown(Exception Exception)
    {
        public override string ToString() => $"‹threw {Exception.GetType().Name}: {HtmlText.Truncate(Exception.Message, 200)}›";
    }
}
