using GeoVlm.Data;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Languages;

/// <summary>The variables of the C# cells, as other languages see them.</summary>
internal sealed class CSharpVariables : ILanguage
{
    /// <inheritdoc />
    public object? Get(string name, CommandContext context) =>
        (
            context.Variables.FirstOrDefault(variable => variable.Name == name)
            ?? throw new GeoVlmException(
                $"C# has no variable {name}{NearestName.Suggestion(name, context.Variables.Select(variable => variable.Name))} (`#!who` lists all)"
            )
        ).Value;

    /// <inheritdoc />
    public void Set(string name, object? value, CommandContext context) =>
        context.SetVariable(
            name,
            value ?? throw new GeoVlmException($"The value for {name} is null, which has no type for a C# variable.")
        );
}
