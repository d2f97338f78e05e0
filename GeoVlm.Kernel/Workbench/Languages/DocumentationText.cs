using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace GeoVlm.Workbench.Languages;

/// <summary>Reads the summary out of an XML documentation comment.</summary>
internal static partial class DocumentationText
{
    /// <summary>The summary on one line; empty where there is none, or where the comment is not well formed.</summary>
    public static string Summary(string? xml)
    {
        if (string.IsNullOrEmpty(xml))
            return "";
        try
        {
            XElement? summary = XElement.Parse(xml).DescendantsAndSelf("summary").FirstOrDefault();
            return summary is null ? "" : Blanks().Replace(string.Concat(summary.DescendantNodes().Select(Text)), " ").Trim();
        }
        catch (XmlException)
        {
            return "";
        }
    }

    // `see cref="M:System.Console.WriteLine"` has its name in an attribute.
    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { IsEmpty: true } element when element.FirstAttribute is { } name => name.Value[(name.Value.LastIndexOf('.') + 1)..],
            _ => "",
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
