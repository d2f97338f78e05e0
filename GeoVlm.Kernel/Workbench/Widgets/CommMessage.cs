using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Widgets;

/// <summary>A message of a comm, in either direction. Source: jupyter_client, "Custom messages".</summary>
/// <param name="Type">comm_open, comm_msg or comm_close.</param>
/// <param name="Id">Of the comm.</param>
/// <param name="Target">Who answers it; only of comm_open.</param>
/// <param name="Data">What it says.</param>
/// <param name="Metadata">Of the message around it.</param>
/// <param name="Buffers">Binary attachments.</param>
public sealed record CommMessage(
    string Type,
    string Id,
    string? Target,
    JsonObject Data,
    JsonObject Metadata,
    IReadOnlyList<byte[]> Buffers
)
{
    /// <summary>Says that a comm is over.</summary>
    public static CommMessage Close(string id) => new("comm_close", id, null, [], [], []);
}
