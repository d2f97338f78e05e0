using System.Text.Json.Nodes;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>The displays of a run by their id, whichever cell showed them; a later cell or a background job may replace them.</summary>
internal sealed class DisplayRegistry
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<JsonObject>> outputs = [];

    public void Shown(string displayId, JsonObject output)
    {
        lock (gate)
        {
            if (!outputs.TryGetValue(displayId, out List<JsonObject>? shown))
                outputs[displayId] = shown = [];
            shown.Add(output);
        }
    }

    /// <summary>Replaces every output with this id; like a front end, leaves an unknown id alone.</summary>
    public void Replace(string displayId, MimeBundle bundle)
    {
        lock (gate)
        {
            if (!outputs.TryGetValue(displayId, out List<JsonObject>? shown))
                return;
            foreach (JsonObject output in shown)
                output["data"] = MimeContent.ToNotebook(bundle);
        }
    }

    /// <summary>A copy that no later update touches.</summary>
    public JsonNode Snapshot(JsonObject output)
    {
        lock (gate)
            return output.DeepClone();
    }
}
