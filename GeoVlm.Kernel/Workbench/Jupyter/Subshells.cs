using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>The main shell and its subshells: further queues of requests that are answered beside each other. Source: JEP 91.</summary>
/// <param name="start">Starts the lane with an id; null for the main shell.</param>
internal sealed class Subshells(Func<string?, ShellLane> start)
{
    private readonly ConcurrentDictionary<string, ShellLane> lanes = new();
    private readonly Lazy<ShellLane> main = new(() => start(null));

    public ShellLane Main => main.Value;

    /// <summary>The lane that a request names; null when there is none.</summary>
    public ShellLane? Find(string? id) => id is null ? Main : lanes.GetValueOrDefault(id);

    /// <summary>Stops the running cells, and where none runs those that have arrived; nothing happens to later ones.</summary>
    public void Interrupt()
    {
        foreach (ShellLane lane in All)
            lane.Execute.Interrupt(lane.Received);
    }

    /// <summary>Answers the requests whose cells will not end.</summary>
    public void Leave(string why)
    {
        foreach (ShellLane lane in All)
            lane.Execute.Leave(why);
    }

    /// <summary>The content of the reply to a create, delete or list request.</summary>
    /// <exception cref="GeoVlmException">The subshell to delete does not exist.</exception>
    public JsonObject Answer(Message request)
    {
        JsonObject reply = new() { ["status"] = "ok" };
        switch (request.Type)
        {
            case "create_subshell_request":
                string id = Guid.NewGuid().ToString();
                lanes[id] = start(id);
                reply["subshell_id"] = id;
                break;
            case "delete_subshell_request":
                string named = request.Text("subshell_id") ?? "";
                if (!lanes.TryRemove(named, out ShellLane? lane))
                    throw new GeoVlmException($"There is no subshell {named}.");
                lane.Complete();
                break;
            default:
                reply["subshell_id"] = new JsonArray([.. lanes.Keys.Select(key => (JsonNode)key)]);
                break;
        }
        return reply;
    }

    private IEnumerable<ShellLane> All => lanes.Values.Prepend(Main);
}
