using System.Globalization;

namespace GeoVlm.Workbench.Commands;

/// <summary>The parsed arguments of a magic command; every text is known to fit its option's kind.</summary>
/// <param name="Values">Option name to text; an option that was not given and has no default is absent.</param>
public sealed record MagicArguments(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The text, or null when it was not given.</summary>
    public string? Text(string name) => Values.GetValueOrDefault(name);

    /// <summary>The text of an option that is required or has a default.</summary>
    public string Required(string name) => Values[name];

    /// <summary>The whole number, or null when it was not given.</summary>
    public int? Integer(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The decimal number, or null when it was not given.</summary>
    public double? Number(string name) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Whether the flag was given.</summary>
    public bool Flag(string name) => Values.ContainsKey(name);
}
