using System.Globalization;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Widgets;

/// <summary>How far something is.</summary>
public sealed class ProgressBar : Widget
{
    /// <summary>Makes one; it appears when it is shown.</summary>
    /// <param name="description">What stands beside it.</param>
    /// <param name="max">The value at which all is done.</param>
    public ProgressBar(string description, double max = 1)
        : base(
            "FloatProgress",
            "ProgressStyleModel",
            new JsonObject
            {
                ["description"] = description,
                ["value"] = 0.0,
                ["min"] = 0.0,
                ["max"] = max,
                ["bar_style"] = "",
                ["orientation"] = "horizontal",
            }
        ) { }

    /// <summary>How much is done.</summary>
    public double Value
    {
        get => State("value")!.GetValue<double>();
        set => Set("value", value);
    }

    private protected override string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"{Description}: {Value:0.###} of {State("max")}");
}
