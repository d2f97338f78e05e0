namespace GeoVlm.Workbench.Languages;

/// <summary>Console.In for cells: asks the user through the notebook. For everybody else it is the real one.</summary>
internal sealed class CellInput(TextReader outside) : TextReader
{
    private static readonly Lock Installing = new();
    private static TextReader? installed;

    /// <summary>Puts it in front of Console.In, unless it is there already.</summary>
    public static void Install()
    {
        lock (Installing)
        {
            if (ReferenceEquals(Console.In, installed))
                return;
            Console.SetIn(new CellInput(Console.In));
            installed = Console.In;
        }
    }

    /// <inheritdoc />
    public override string? ReadLine() => CellScope.Current is { } scope ? scope.Input("", password: false) : outside.ReadLine();

    /// <inheritdoc />
    public override string ReadToEnd() => CellScope.Current is null ? outside.ReadToEnd() : ReadLine() ?? "";

    /// <inheritdoc />
    public override int Read() =>
        CellScope.Current is null ? outside.Read()
        : ReadLine() is { Length: > 0 } line ? line[0]
        : -1;

    /// <inheritdoc />
    public override int Peek() => CellScope.Current is null ? outside.Peek() : -1;
}
