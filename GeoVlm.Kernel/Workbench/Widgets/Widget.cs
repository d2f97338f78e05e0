using System.Text.Json.Nodes;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Widgets;

/// <summary>Something that moves in the page and tells the session, over the Jupyter widget
/// protocol; a static picture of it where there is no page.</summary>
/// <remarks>What it hears is heard while a cell runs, so a loop can read a slider. Source: ipywidgets, "Low level widget explanation",
/// protocol 2.1.</remarks>
public abstract class Widget : IRenderable
{
    private const string ViewType = "application/vnd.jupyter.widget-view+json",
        Base = "@jupyter-widgets/base",
        Controls = "@jupyter-widgets/controls";
    private static readonly string[] Partners = ["layout", "style"];

    private readonly Lock gate = new();
    private readonly JsonObject state;
    private readonly string kind;
    private readonly string styleKind;
    private Comm? comm;

    private protected Widget(string kind, string styleKind, JsonObject state) =>
        (this.kind, this.styleKind, this.state) = (kind, styleKind, state);

    /// <summary>What stands beside it.</summary>
    public string Description
    {
        get => State("description")?.GetValue<string>() ?? "";
        set => Set("description", value);
    }

    /// <inheritdoc />
    public MimeBundle Render()
    {
        Open();
        JsonObject view = new()
        {
            ["version_major"] = 2,
            ["version_minor"] = 0,
            ["model_id"] = comm?.Id ?? "",
        };
        Dictionary<string, string> data = new()
        {
            [MimeBundle.Html] = $"<span>{HtmlText.Encode(Describe())}</span>",
            [MimeBundle.Text] = Describe(),
        };
        if (comm is not null)
            data[ViewType] = view.ToJsonString();
        return new MimeBundle(data);
    }

    /// <summary>The widget as text, for pages without a kernel.</summary>
    private protected abstract string Describe();

    /// <summary>The page changed a part of the state, which already holds the new value.</summary>
    private protected virtual void Changed(string name) { }

    /// <summary>The page sent an event of this kind, such as a click.</summary>
    private protected virtual void Happened(string name) { }

    private protected JsonNode? State(string name)
    {
        lock (gate)
            return state[name];
    }

    private protected void Set(string name, JsonNode? value)
    {
        lock (gate)
            state[name] = value;
        comm?.Send(Update(new JsonObject { [name] = value?.DeepClone() }));
    }

    // Made known to the page when it is first shown, together with the layout and the style that every widget has.
    private void Open()
    {
        if (comm is not null || !CommHub.IsInCell)
            return;
        CommHub hub = CommHub.Current;
        lock (gate)
        {
            state["layout"] = "IPY_MODEL_" + Model(hub, Base, "LayoutModel", "LayoutView").Id;
            state["style"] = "IPY_MODEL_" + Model(hub, styleKind == "StyleModel" ? Base : Controls, styleKind, "StyleView", Base).Id;
            Name(state, Controls, kind + "Model", kind + "View", Controls);
            comm = Start(hub, state);
        }
        comm.Received = Hear;
    }

    private void Hear(JsonObject data, IReadOnlyList<byte[]> buffers)
    {
        switch (data["method"]?.GetValue<string>())
        {
            case "update" when data["state"] is JsonObject changes:
                foreach ((string name, JsonNode? value) in changes)
                {
                    // A page may change what a person can move, not what the widget is.
                    if (name.StartsWith('_') || Partners.Contains(name))
                        continue;
                    lock (gate)
                        state[name] = value?.DeepClone();
                    Changed(name);
                }
                comm!.Send(
                    new JsonObject
                    {
                        ["method"] = "echo_update",
                        ["state"] = changes.DeepClone(),
                        ["buffer_paths"] = new JsonArray(),
                    }
                );
                break;
            case "request_state":
                lock (gate)
                    comm!.Send(Update((JsonObject)state.DeepClone()));
                break;
            case "custom" when (data["content"] as JsonObject ?? [])["event"] is JsonValue happened:
                Happened(happened.GetValue<string>());
                break;
        }
    }

    private static JsonObject Update(JsonObject state) =>
        new()
        {
            ["method"] = "update",
            ["state"] = state,
            ["buffer_paths"] = new JsonArray(),
        };

    private static Comm Model(CommHub hub, string module, string model, string view, string? viewModule = null)
    {
        JsonObject state = [];
        Name(state, module, model, view, viewModule ?? module);
        Comm made = Start(hub, state);
        made.Received = (data, _) =>
        {
            if (data["method"]?.GetValue<string>() == "request_state")
                made.Send(Update((JsonObject)state.DeepClone()));
        };
        return made;
    }

    private static Comm Start(CommHub hub, JsonObject state) =>
        hub.Start(
            "jupyter.widget",
            new JsonObject { ["state"] = state.DeepClone(), ["buffer_paths"] = new JsonArray() },
            new JsonObject { ["version"] = "2.1.0" },
            isImmediate: true
        );

    private static void Name(JsonObject state, string module, string model, string view, string viewModule)
    {
        state["_model_module"] = module;
        state["_model_module_version"] = "2.0.0";
        state["_model_name"] = model;
        state["_view_module"] = viewModule;
        state["_view_module_version"] = "2.0.0";
        state["_view_name"] = view;
    }
}
