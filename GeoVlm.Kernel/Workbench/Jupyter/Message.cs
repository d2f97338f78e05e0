using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>One message of Jupyter's protocol. Source: jupyter_client, "Messaging in Jupyter".</summary>
/// <param name="Identities">Routing frames before the delimiter: who sent it, or the topic.</param>
/// <param name="Header">msg_id, session, msg_type, version, date, username.</param>
/// <param name="Parent">Header of the request that caused it; empty for none.</param>
/// <param name="Metadata">Whatever a front end adds.</param>
/// <param name="Content">What it says.</param>
/// <param name="Buffers">Binary attachments.</param>
internal sealed record Message(
    IReadOnlyList<byte[]> Identities,
    JsonObject Header,
    JsonObject Parent,
    JsonObject Metadata,
    JsonObject Content,
    IReadOnlyList<byte[]> Buffers
)
{
    /// <summary>The version of the protocol that this kernel speaks.</summary>
    public const string ProtocolVersion = "5.5";

    // One per process: a front end tells a restarted kernel by it.
    private static readonly string Session = Guid.NewGuid().ToString();

    public string Type => Text(Header, "msg_type") ?? "";

    /// <summary>The subshell that a request is for; null for the main shell.</summary>
    public string? SubshellId => Text(Header, "subshell_id");

    public static Message Create(string type, JsonObject content, JsonObject? parent, IReadOnlyList<byte[]> identities) =>
        new(
            identities,
            new JsonObject
            {
                ["msg_id"] = Guid.NewGuid().ToString(),
                ["session"] = Session,
                ["username"] = "kernel",
                ["date"] = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
                ["msg_type"] = type,
                ["version"] = ProtocolVersion,
            },
            parent ?? [],
            [],
            content,
            []
        );

    /// <summary>The answer to this request, to its sender.</summary>
    public Message Reply(JsonObject content)
    {
        string type = Type.EndsWith("_request", StringComparison.Ordinal) ? Type[..^"_request".Length] : Type;
        return Create(type + "_reply", content, Header, Identities);
    }

    public string? Text(string name) => Text(Content, name);

    public bool? Flag(string name) =>
        Content[name]?.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    public int? Integer(string name) =>
        Content[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number)
            ? number
            : null;

    private static string? Text(JsonObject part, string name) =>
        part[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
