using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench;

/// <summary>What magic commands get of a session while one of its cells runs.</summary>
internal sealed class SessionCommandContext(
    CSharpLanguage csharp,
    SessionParts kept,
    ICellHost host,
    string workingFolder,
    CancellationToken cancellation,
    Action<string>? runCell = null
) : CommandContext
{
    private readonly List<Action> atEnd = [];
    private CellThread? thread;
    private string language = CellSegment.CSharp;
    private int bodyLine;

    /// <inheritdoc />
    public override ICellHost Host => host;

    /// <inheritdoc />
    public override CancellationToken Cancellation => cancellation;

    /// <inheritdoc />
    public override string WorkingFolder => workingFolder;

    /// <inheritdoc />
    public override IReadOnlyList<SessionVariable> Variables => csharp.Variables;

    /// <inheritdoc />
    public override void SetVariable(string name, object value) => csharp.SetVariable(name, value, thread?.IsBeside == true);

    /// <inheritdoc />
    public override T GetVariable<T>(string name)
    {
        SessionVariable? variable = Variables.FirstOrDefault(candidate => candidate.Name == name);
        if (variable?.Value is T value)
            return value;
        string found =
            variable is null ? $"no variable {name}{NearestName.Suggestion(name, Variables.Select(candidate => candidate.Name))}"
            : variable.Value is null ? $"the variable {name} is null"
            : $"the variable {name} is a {CSharpName.Short(variable.Value.GetType())}, not a {CSharpName.Short(typeof(T))}";
        string[] fitting = [.. Variables.Where(candidate => candidate.Value is T).Select(candidate => candidate.Name)];
        throw new GeoVlmException(
            fitting.Length > 0
                ? $"{found}; of type {CSharpName.Short(typeof(T))} there are {string.Join(", ", fitting)}"
                : $"{found}; there is no variable of type {CSharpName.Short(typeof(T))} yet (`#!whos` lists all variables)"
        );
    }

    /// <inheritdoc />
    public override T? LatestVariable<T>()
        where T : class => Variables.Select(variable => variable.Value).OfType<T>().LastOrDefault();

    /// <inheritdoc />
    public override string Language => language;

    /// <inheritdoc />
    public override int BodyLine => bodyLine;

    /// <inheritdoc />
    public override T Keep<T>(Func<T> make) => kept.Get(make);

    /// <inheritdoc />
    public override void RunCell(string code) => (runCell ?? throw new InvalidOperationException("No cell runs."))(code);

    /// <inheritdoc />
    public override void RunCode(Action code) =>
        thread!.RunCode(() =>
        {
            code();
            return Task.CompletedTask;
        });

    /// <summary>The magic line that runs next.</summary>
    public void Enter(CellSegment segment, CellThread cellThread) =>
        (language, bodyLine, thread) = (segment.Language, segment.BodyLine, cellThread);

    /// <inheritdoc />
    public override void AtCellEnd(Action action) => atEnd.Add(action);

    /// <summary>Runs what commands asked for at the end of the cell.</summary>
    public void RunAtEnd()
    {
        foreach (Action action in atEnd)
            action();
        atEnd.Clear();
    }

    /// <summary>The text that <c>@name</c> stands for.</summary>
    /// <exception cref="GeoVlmException">There is no such variable, or it is neither text nor number.</exception>
    public string TextOf(string name)
    {
        SessionVariable variable =
            Variables.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new GeoVlmException(
                $"@{name}: no variable {name}{NearestName.Suggestion(name, Variables.Select(candidate => candidate.Name))}"
                    + (Variables.Count == 0 ? "; the session has none yet" : " (`#!who` lists all)")
            );
        return variable.Value switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            IFormattable number when variable.Value.GetType().IsPrimitive || variable.Value is decimal or Enum => number.ToString(
                null,
                CultureInfo.InvariantCulture
            ),
            null => throw new GeoVlmException($"@{name}: the variable is null"),
            _ => throw new GeoVlmException(
                $"@{name}: a {CSharpName.Short(variable.Value.GetType())} cannot be an argument; only text and numbers can"
            ),
        };
    }
}
