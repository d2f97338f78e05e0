using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Widgets;

/// <summary>One of several texts.</summary>
public sealed class Dropdown : Widget
{
    private readonly string[] options;

    /// <summary>Makes one; it appears when it is shown.</summary>
    /// <param name="description">What stands beside it.</param>
    /// <param name="options">What can be chosen; the first is.</param>
    /// <exception cref="ArgumentException">There is no option.</exception>
    public Dropdown(string description, params IEnumerable<string> options)
        : this(description, [.. options]) { }

    private Dropdown(string description, string[] options)
        : base(
            "Dropdown",
            "DescriptionStyleModel",
            new JsonObject
            {
                ["description"] = description,
                ["_options_labels"] = new JsonArray([.. options.Select(option => (JsonNode)option)]),
                ["index"] = 0,
                ["disabled"] = false,
            }
        )
    {
        if (options.Length == 0)
            throw new ArgumentException("A dropdown needs at least one option.", nameof(options));
        this.options = options;
    }

    /// <summary>What is chosen now.</summary>
    public string Value
    {
        get =>
            State("index") is JsonValue index && index.TryGetValue(out int at) && at >= 0 && at < options.Length ? options[at] : options[0];
        set => Set("index", Math.Max(0, Array.IndexOf(options, value)));
    }

    /// <summary>Called with the new value when another was chosen in the page.</summary>
    public Action<string>? Chosen { get; set; }

    private protected override string Describe() => $"{Description}: {Value} (of {string.Join(", ", options)})";

    private protected override void Changed(string name)
    {
        if (name == "index")
            Chosen?.Invoke(Value);
    }
}
