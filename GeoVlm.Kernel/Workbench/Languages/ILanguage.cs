using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Languages;

/// <summary>A language other than C# within a session: it has variables of its own, and values cross by name.</summary>
internal interface ILanguage
{
    /// <summary>The value of one of its variables.</summary>
    /// <exception cref="GeoVlmException">There is none of this name, or its value cannot cross.</exception>
    object? Get(string name, CommandContext context);

    /// <summary>Makes a value a variable of the language.</summary>
    /// <exception cref="GeoVlmException">The value cannot cross.</exception>
    void Set(string name, object? value, CommandContext context);
}
