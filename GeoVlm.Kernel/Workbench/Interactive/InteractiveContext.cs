using System.Collections.Concurrent;
using GeoVlm.Data;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench.Interactive;

/// <summary>What the geo commands get of .NET Interactive: its C# variables are theirs, and what they set becomes one.</summary>
internal sealed class InteractiveContext(InteractiveHost host) : CommandContext
{
    private static readonly ConcurrentDictionary<string, object> Waiting = new();
    private readonly SessionParts kept = new();
    private readonly Lock gate = new();
    private List<Action> atEnd = [];
    private InteractiveCell? cell;

    /// <inheritdoc />
    public override ICellHost Host => cell!;

    /// <inheritdoc />
    public override CancellationToken Cancellation => cell!.Cancellation;

    /// <inheritdoc />
    public override string WorkingFolder => Environment.CurrentDirectory;

    /// <inheritdoc />
    public override IReadOnlyList<SessionVariable> Variables =>
        [
            .. host.Variables()
                .GroupBy(found => found.Name)
                .Select(same => same.Last())
                .Select(found => new SessionVariable(found.Name, found.Value?.GetType() ?? typeof(object), found.Value)),
        ];

    /// <inheritdoc />
    public override string Language => CellSegment.CSharp;

    /// <inheritdoc />
    public override int BodyLine => 0;

    /// <summary>Runs one command, one at a time; help where it is asked for.</summary>
    public void Run(IMagicCommand command, string line, InteractiveCell running)
    {
        lock (gate)
        {
            cell = running;
            atEnd = [];
            MagicLine parsed = MagicLine.Parse(line.Trim());
            try
            {
                if (parsed.AsksForHelp)
                    Display(new CommandHelp(command));
                else if (command is IBodyCommand && HasBody(running.Code, line))
                    throw new GeoVlmException(
                        $"this host runs the text below {command.Name} as a cell of its own, and gives it to no command: write `{command.CSharp}`, then {command.Name} without text below"
                    );
                else
                    command.Run(parsed.Bind(command, TextOf), this);
            }
            finally
            {
                foreach (Action action in atEnd)
                    action();
            }
        }
    }

    /// <summary>Called by the code that declares a variable in the host: its value.</summary>
    internal static object Take(string key) =>
        Waiting.TryRemove(key, out object? value) ? value : throw new InvalidOperationException("There is no such value.");

    /// <inheritdoc />
    public override void SetVariable(string name, object value)
    {
        string key = Guid.NewGuid().ToString("N"),
            type = CSharpName.Of(value.GetType());
        Waiting[key] = value;
        host.Submit($"{type} {name} = ({type})global::{typeof(InteractiveValues).FullName}.{nameof(InteractiveValues.Take)}(\"{key}\");");
    }

    /// <inheritdoc />
    public override T GetVariable<T>(string name) =>
        Variables.FirstOrDefault(candidate => candidate.Name == name) is not { } found
            ? throw new GeoVlmException($"no variable {name}{NearestName.Suggestion(name, Variables.Select(candidate => candidate.Name))}")
            : found.Value as T
                ?? throw new GeoVlmException(
                    $"the variable {name} is a {CSharpName.Short(found.Type)}, not a {CSharpName.Short(typeof(T))}"
                );

    /// <inheritdoc />
    public override T? LatestVariable<T>()
        where T : class => Variables.Select(variable => variable.Value).OfType<T>().LastOrDefault();

    /// <inheritdoc />
    public override T Keep<T>(Func<T> make) => kept.Get(make);

    /// <inheritdoc />
    public override void RunCode(Action code) => code();

    /// <inheritdoc />
    public override void RunCell(string code) => host.Submit(code);

    /// <inheritdoc />
    public override void AtCellEnd(Action action) => atEnd.Add(action);

    private static bool HasBody(string code, string line)
    {
        int start = code.IndexOf(line.Trim(), StringComparison.Ordinal);
        string below = start < 0 ? "" : code[(start + line.Trim().Length)..].TrimStart();
        return below.Length > 0 && !below.StartsWith("#!", StringComparison.Ordinal);
    }

    private string TextOf(string name) =>
        Variables.FirstOrDefault(variable => variable.Name == name)?.Value switch
        {
            null => throw new GeoVlmException($"@{name}: no variable {name}"),
            var value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
        };
}
