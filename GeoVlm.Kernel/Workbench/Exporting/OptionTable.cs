using System.Globalization;
using System.Text.Json;
using GeoVlm.Learning;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Collects translations, so that each trainer's file is a list of its options.</summary>
/// <param name="config">Our options.</param>
internal sealed class OptionTable(GrpoConfig config)
{
    private readonly List<TranslatedOption> options = [];

    /// <summary>Every option so far.</summary>
    public IReadOnlyList<TranslatedOption> Options => options;

    /// <summary>Their name and value of an option of ours.</summary>
    public OptionTable Is(string ours, params (string Name, object Value)[] theirs) => Add(ours, theirs, "");

    /// <summary>The same, with something to know.</summary>
    public OptionTable Nearly(string ours, string note, params (string Name, object Value)[] theirs) => Add(ours, theirs, note);

    /// <summary>They have nothing like it: harmless where ours is at rest, said where it is not.</summary>
    public OptionTable Lacks(string ours, bool atRest, string note) => Add(ours, [], atRest ? "" : note);

    /// <summary>A translation that depends on the value.</summary>
    public OptionTable Add(TranslatedOption option)
    {
        options.Add(option);
        return this;
    }

    /// <summary>An option of theirs that is set only where ours is.</summary>
    public OptionTable Optional(string ours, string theirs, double? value) =>
        Add(ours, value is { } set ? [(theirs, (object)set)] : [], "");

    private OptionTable Add(string ours, (string Name, object Value)[] theirs, string note)
    {
        object? value = typeof(GrpoConfig).GetProperty(ours)?.GetValue(config);
        options.Add(
            new TranslatedOption(ours, value is null ? "none" : Text(value), [.. theirs.Select(t => (t.Name, Text(t.Value)))], note)
        );
        return this;
    }

    private static string Text(object value) =>
        value switch
        {
            bool flag => JsonSerializer.Serialize(flag),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString()!,
        };
}
