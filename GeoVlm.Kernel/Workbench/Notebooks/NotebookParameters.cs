using System.Globalization;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Values given from outside: they stand in a cell of their own after the one
/// tagged <c>parameters</c>, as papermill does it.</summary>
public static partial class NotebookParameters
{
    /// <summary>Tag of the cell with the defaults.</summary>
    public const string Tag = "parameters";

    /// <summary>Tag of the cell that this makes.</summary>
    public const string InjectedTag = "injected-parameters";

    /// <summary>Inserts, or replaces, the cell with the given values.</summary>
    /// <param name="notebook">Changed in place.</param>
    /// <param name="values">Name and text. A value keeps the type of its default: 1 for a double parameter becomes 1.0.</param>
    /// <param name="path">Named in errors.</param>
    /// <returns>Warnings: names that the parameters cell does not assign.</returns>
    /// <exception cref="GeoVlmException">A name is no C# name, or a text does not fit the type of its default.</exception>
    public static IReadOnlyList<string> Inject(NotebookFile notebook, IReadOnlyList<KeyValuePair<string, string>> values, string path)
    {
        if (values.Count == 0)
            return [];
        List<NotebookCell> cells = [.. notebook.Cells];
        int defaultsAt = cells.FindIndex(cell => cell.IsCode && cell.Tags.Contains(Tag));
        IReadOnlyDictionary<string, Type?> defaults =
            defaultsAt < 0 ? new Dictionary<string, Type?>() : ParameterDefaults.Of(cells[defaultsAt].Source);

        List<string> warnings = [];
        if (defaultsAt < 0)
            warnings.Add(
                $"{path} has no cell tagged \"{Tag}\", so nothing says which parameters it has; the values stand before its first cell."
            );
        else
            warnings.AddRange(values.Where(value => !defaults.ContainsKey(value.Key)).Select(value => Unknown(value.Key, defaults.Keys)));

        string source =
            "// Parameters\n" + string.Join('\n', values.Select(value => $"var {Name(value.Key)} = {Literal(value, defaults)};"));
        if (cells.Find(cell => cell.IsCode && cell.Tags.Contains(InjectedTag)) is { } injected)
            injected.Source = source;
        else
            notebook.Insert(defaultsAt + 1, NotebookCell.Code(source, InjectedTag));
        return warnings;
    }

    private static string Unknown(string name, IEnumerable<string> known)
    {
        string nearest = NearestName.Of(name, known) is { } near ? $" Did you mean {near}?" : "";
        return $"The parameters cell assigns no {name}; it is set all the same.{nearest} It has: {string.Join(", ", known)}.";
    }

    private static string Name(string name) =>
        SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None
            ? name
            : throw new GeoVlmException($"-p {name}=...: \"{name}\" is no C# variable name. Write it as the parameters cell does.");

    private static string Literal(KeyValuePair<string, string> value, IReadOnlyDictionary<string, Type?> defaults)
    {
        string text = value.Value;
        Type type = defaults.GetValueOrDefault(value.Key) ?? Guess(text);
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean when bool.TryParse(text, out bool flag) => flag ? "true" : "false",
            TypeCode.Int32 when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) =>
                number.ToString(CultureInfo.InvariantCulture),
            TypeCode.Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) =>
                number.ToString(CultureInfo.InvariantCulture) + "L",
            TypeCode.Single when Number().IsMatch(text) => text + "f",
            TypeCode.Double when Number().IsMatch(text) => WholeNumber().IsMatch(text) ? text + ".0" : text,
            TypeCode.Decimal when Number().IsMatch(text) => text + "m",
            TypeCode.String => SymbolDisplay.FormatLiteral(text, quote: true),
            _ => throw new GeoVlmException(
                $"-p {value.Key}={text}: the parameters cell gives {value.Key} a default of type {Keyword(type)}, and \"{text}\" is none."
            ),
        };
    }

    private static Type Guess(string text) =>
        text is "true" or "false" ? typeof(bool)
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? typeof(int)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? typeof(long)
        : Number().IsMatch(text) ? typeof(double)
        : typeof(string);

    private static string Keyword(Type type) =>
        Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool (true or false)",
            TypeCode.Int32 => "int (a whole number)",
            TypeCode.Int64 => "long (a whole number)",
            TypeCode.Single => "float (a number)",
            TypeCode.Double => "double (a number)",
            _ => "decimal (a number)",
        };

    // A number as C# writes it; 1e-5 is one, 0x10 and 1_000 are left to strings.
    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^-?[0-9]+\z")]
    private static partial Regex WholeNumber();
}
