using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Languages;

/// <summary>JavaScript runs in the page, so values only go there: as JSON, before the code of the cell.</summary>
internal sealed partial class JavaScriptValues : ILanguage
{
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true };
    private readonly Dictionary<string, string> values = [];

    /// <inheritdoc />
    public object? Get(string name, CommandContext context) =>
        throw new GeoVlmException(
            $"JavaScript runs in the page after the cell has ended, so {name} cannot be shared from it, as it can in Polyglot Notebooks. "
                + "Compute it in C#, F# or Python; #!share brings it to JavaScript from there."
        );

    /// <inheritdoc />
    public void Set(string name, object? value, CommandContext context)
    {
        if (!Identifier().IsMatch(name))
            throw new GeoVlmException($"'{name}' cannot be the name of a variable in JavaScript.");
        try
        {
            values[name] = JsonSerializer.Serialize(value, Json);
        }
        catch (Exception error) when (error is NotSupportedException or JsonException)
        {
            throw new GeoVlmException($"The value of {name} cannot be written as JSON: {error.Message}", error);
        }
    }

    /// <summary>The code as what a page runs; what it returns is shown where the cell's output is.</summary>
    public MimeBundle Page(string code)
    {
        string id = "geovlm-" + Guid.NewGuid().ToString("N");
        StringBuilder html = new($"<div id=\"{id}\"></div>\n<script>\n(async () => {{\n");
        foreach ((string name, string json) in values)
            html.Append($"const {name} = {json};\n");
        // The serializer escapes <, and in the code only the end of the element would end it early.
        html.Append($"const element = document.getElementById(\"{id}\");\nconst result = await (async () => {{\n")
            .Append(EndOfScript().Replace(code, "<\\/script"))
            .Append(
                "\n})();\nif (result !== undefined) element.textContent = typeof result === \"string\" ? result : JSON.stringify(result);\n})();\n</script>"
            );
        return new MimeBundle(new Dictionary<string, string> { [MimeBundle.Html] = html.ToString(), [MimeBundle.Text] = code });
    }

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{Nd}_$]*\z")]
    private static partial Regex Identifier();

    [GeneratedRegex("</script", RegexOptions.IgnoreCase)]
    private static partial Regex EndOfScript();
}
