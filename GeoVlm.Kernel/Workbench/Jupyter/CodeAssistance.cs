using System.Text.Json.Nodes;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Answers complete_request and inspect_request: the session counts UTF-16 units, the protocol code points.</summary>
internal sealed class CodeAssistance(Lazy<ISession> session)
{
    /// <summary>The content of a complete_reply.</summary>
    public JsonObject Complete(Message request, CancellationToken cancellation)
    {
        string code = request.Text("code") ?? "";
        int cursor = Utf16Index(code, request.Integer("cursor_pos") ?? int.MaxValue);
        Completions found = session.Value.Complete(code, cursor, cancellation);
        int start = CodePoints(code, found.Start),
            end = CodePoints(code, found.End);
        return new JsonObject
        {
            ["status"] = "ok",
            ["matches"] = new JsonArray([.. found.Items.Select(item => (JsonNode)item.Text)]),
            ["cursor_start"] = start,
            ["cursor_end"] = end,
            ["metadata"] = new JsonObject
            {
                // What JupyterLab and VS Code show beside each match; the name is IPython's.
                ["_jupyter_types_experimental"] = new JsonArray([
                    .. found.Items.Select(item =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["text"] = item.Text,
                                ["type"] = item.Kind,
                                ["signature"] = item.Signature,
                                ["start"] = start,
                                ["end"] = end,
                            }
                    ),
                ]),
            },
        };
    }

    /// <summary>The content of an inspect_reply.</summary>
    public JsonObject Inspect(Message request, CancellationToken cancellation)
    {
        string code = request.Text("code") ?? "";
        Inspection? found = session.Value.Inspect(code, Utf16Index(code, request.Integer("cursor_pos") ?? 0), cancellation);
        return new JsonObject
        {
            ["status"] = "ok",
            ["found"] = found is not null,
            ["data"] = found is null
                ? new JsonObject()
                : new JsonObject { [MimeBundle.Text] = found.Text, [MimeBundle.Markdown] = found.Markdown },
            ["metadata"] = new JsonObject(),
        };
    }

    private static int Utf16Index(string code, int codePoints)
    {
        int index = 0;
        for (int seen = 0; seen < codePoints && index < code.Length; seen++)
            index += char.IsSurrogatePair(code, index) ? 2 : 1;
        return index;
    }

    private static int CodePoints(string code, int index)
    {
        int count = 0;
        for (int at = 0; at < index; count++)
            at += char.IsSurrogatePair(code, at) ? 2 : 1;
        return count;
    }
}
