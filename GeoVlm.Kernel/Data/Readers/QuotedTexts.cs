using System.Text.RegularExpressions;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Rows whose texts are JSON texts, quotation marks and all: <c>question: "\"[refer] … \""</c>, as EarthDial's shards have them.</summary>
internal static partial class QuotedTexts
{
    /// <summary>The row with plain texts where its question stands in quotation marks; else the row as it is.</summary>
    /// <remarks>An answer alone in quotation marks may quote what is written in the image, and stays.</remarks>
    public static Row Plain(Row row)
    {
        if (row.Text(RowColumns.Question) is not { } question || !Quoted().IsMatch(question))
            return row;
        foreach (var (name, value) in row.Fields.ToList())
            if (value is string text && Quoted().IsMatch(text) && new JsonRows(row.File, (_, _) => { }).ParseText(text) is string plain)
                row.With(name, plain);
        return row;
    }

    [GeneratedRegex(@"^""(?:[^""\\]|\\.)*""$", RegexOptions.Singleline)]
    private static partial Regex Quoted();
}
