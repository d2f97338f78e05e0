using System.Globalization;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Widgets;

/// <summary>A number between two others: an IoU threshold, the index of a sample.</summary>
public sealed class Slider : Widget
{
    /// <summary>Makes one; it appears when it is shown.</summary>
    /// <param name="description">What stands beside it.</param>
    /// <param name="value">Where it starts.</param>
    /// <param name="min">Least value.</param>
    /// <param name="max">Greatest value.</param>
    /// <param name="step">Distance between two values.</param>
    public Slider(string description, double value, double min = 0, double max = 1, double step = 0.05)
        : base(
            "FloatSlider",
            "SliderStyleModel",
            new JsonObject
            {
                ["description"] = description,
                ["value"] = Math.Clamp(value, min, max),
                ["min"] = min,
                ["max"] = max,
                ["step"] = step,
                ["orientation"] = "horizontal",
                ["readout"] = true,
                ["readout_format"] = step % 1 == 0 ? ".0f" : ".2f",
                ["continuous_update"] = true,
                ["disabled"] = false,
            }
        ) { }

    /// <summary>Where it stands now.</summary>
    public double Value
    {
        get => State("value")!.GetValue<double>();
        set => Set("value", value);
    }

    /// <summary>Called with the new value when it was moved in the page.</summary>
    public Action<double>? Moved { get; set; }

    private protected override string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"{Description}: {Value:0.###} ({State("min")} to {State("max")})");

    private protected override void Changed(string name)
    {
        if (name == "value")
            Moved?.Invoke(Value);
    }
}
