using GeoVlm.Data;
using GeoVlm.Data.Tables;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!sql</c>: Runs SQL over the loaded datasets, by DuckDB; the last result is shown and kept as a variable.</summary>
public sealed class SqlCommand : IBodyCommand
{
    /// <inheritdoc />
    public string Name => "#!sql";

    /// <inheritdoc />
    public IReadOnlyList<string> Aliases => ["#!duckdb"];

    /// <inheritdoc />
    public bool TakesDirectives => true;

    /// <inheritdoc />
    public string Summary =>
        "Runs SQL over the loaded datasets: `train` is a table of samples, `train_objects` one of objects; @name is a C# variable.";

    /// <inheritdoc />
    public IReadOnlyList<MagicOption> Options { get; } =
    [new("--as", "name of the variable that keeps the result, a DataFrame", Default: "result")];

    /// <inheritdoc />
    public IReadOnlyList<string> Examples =>
        [
            "#!geo-load synthetic --split train --count 24 --quiet\n#!sql --as counts\nselect task, count(*) as samples from train group by task order by samples desc",
            "var word = \"ship\";\n#!sql\nselect id, question from train where question like '%' || @word || '%' limit 3",
        ];

    /// <inheritdoc />
    public string CSharp => "var database = new SqlDatabase(); database.Query(\"select ...\", datasets, name => null)[^1]";

    /// <inheritdoc />
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        if (string.IsNullOrWhiteSpace(body))
            return;
        var datasets = new Dictionary<string, EoDataset>(StringComparer.OrdinalIgnoreCase);
        foreach (var variable in context.Variables)
            if (variable.Value is EoDataset dataset)
                datasets[variable.Name] = dataset;
        var results = context.Keep(() => new SqlDatabase()).Query(body, datasets, Value, context.Cancellation);
        foreach (var result in results)
            context.Host.Display(ValueRenderer.Render(result));
        if (results.Count > 0)
            context.SetVariable(arguments.Required("--as"), results[^1]);

        object? Value(string name) =>
            context.Variables.LastOrDefault(v => v.Name == name) is { } variable
                ? variable.Value
                : throw new GeoVlmException(
                    $"@{name}: there is no variable of this name; there are: {string.Join(", ", context.Variables.Select(v => v.Name))}"
                );
    }
}
