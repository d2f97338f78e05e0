using System.Net;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!whos</c>: the variables with their types and short values.</summary>
public sealed class WhosCommand : IMagicCommand
{
    private const int LongestValue = 80;

    /// <inheritdoc />
    public string Name => "#!whos";

    /// <inheritdoc />
    public string Summary => "Lists the variables with their types and values.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options => [];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples => ["#!whos"];

    /// <inheritdoc />
    public string CSharp => "#!whos has no C# equivalent: variables are the session's";

    /// <inheritdoc />
    public void Run(MagicArguments arguments, CommandContext context)
    {
        if (context.Variables.Count == 0)
        {
            context.Host.Stream(StreamKind.Stdout, "no variables yet\n");
            return;
        }
        (string Name, string Type, string Value)[] rows =
        [
            .. context.Variables.Select(variable => (variable.Name, CSharpName.Short(variable.Type), Short(variable.Value))),
        ];
        int names = rows.Max(row => row.Name.Length),
            types = rows.Max(row => row.Type.Length);
        string text = string.Join('\n', rows.Select(row => $"{row.Name.PadRight(names)}  {row.Type.PadRight(types)}  {row.Value}"));
        string html = string.Concat(rows.Select(row => $"<tr>{Cell(row.Name)}{Cell(row.Type)}{Cell(row.Value)}</tr>"));
        context.Host.Display(
            new MimeBundle(
                new Dictionary<string, string>
                {
                    [MimeBundle.Html] = $"<table><tr><th>variable</th><th>type</th><th>value</th></tr>{html}</table>",
                    [MimeBundle.Text] = text,
                }
            )
        );
    }

    private static string Cell(string text) => $"<td style=\"text-align:left\">{WebUtility.HtmlEncode(text)}</td>";

    // ToString is the user's code: what it throws is part of the answer.
    private static string Short(object? value)
    {
        string text;
        try
        {
            text = value switch
            {
                null => "null",
                string written => $"\"{written}\"",
                System.Collections.ICollection collection => $"{collection.Count} items",
                IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                _ => value.ToString() ?? "",
            };
        }
        catch (Exception exception)
        {
            text = $"(ToString threw {exception.GetType().Name}: {exception.Message})";
        }
        text = text.ReplaceLineEndings(" ");
        return text.Length <= LongestValue ? text : text[..(LongestValue - 1)] + "…";
    }
}
