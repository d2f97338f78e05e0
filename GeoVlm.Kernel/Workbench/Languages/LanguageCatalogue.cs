using GeoVlm.Data;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Languages;

/// <summary>The languages whose variables can be shared, by the name of their selector.</summary>
internal static class LanguageCatalogue
{
    private static readonly Dictionary<string, Func<CommandContext, ILanguage>> All = new()
    {
        [CellSegment.CSharp] = context => context.Keep(() => new CSharpVariables()),
        ["sql"] = context => context.Keep(() => new CSharpVariables()), // what @name means, and where results are kept
        ["fsharp"] = context => context.Keep(() => new FSharpLanguage(context.WorkingFolder)),
        ["javascript"] = context => context.Keep(() => new JavaScriptValues()),
    };

    /// <summary>Those that every session has; connected kernels come to it.</summary>
    public static IEnumerable<string> Names => All.Keys.Append("python");

    /// <summary>The session's evaluator of this language.</summary>
    /// <exception cref="GeoVlmException">There is no such language, or it has no variables.</exception>
    public static ILanguage Find(string name, CommandContext context)
    {
        if (All.TryGetValue(name, out Func<CommandContext, ILanguage>? find))
            return find(context);
        KernelConnections connections = KernelConnections.Of(context);
        return connections.Find(name)
            ?? throw new GeoVlmException(
                $"'{name}' is no language with variables{NearestName.Suggestion(name, Names())}; there are {string.Join(", ", Names())}"
            );

        IEnumerable<string> Names() => All.Keys.Concat(connections.Names);
    }
}
