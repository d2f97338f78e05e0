using System.Text;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// A console stream that goes to the cell that writes, and to the real console for everybody else. The cell is found through the
/// execution context, so it follows tasks and threads, and two sessions in one process do not mix.
/// </summary>
internal sealed class CellConsole(StreamKind stream, TextWriter outside) : TextWriter
{
    private static readonly Lock Installing = new();
    private static TextWriter? stdout;
    private static TextWriter? stderr;

    /// <inheritdoc />
    public override Encoding Encoding => outside.Encoding;

    /// <summary>Puts the router in front of Console.Out and Console.Error, unless it is there already.</summary>
    public static void Install()
    {
        lock (Installing)
        {
            // SetOut wraps the writer, so what Console.Out returns afterwards is what tells whether somebody replaced it.
            if (!ReferenceEquals(Console.Out, stdout))
            {
                Console.SetOut(new CellConsole(StreamKind.Stdout, Console.Out));
                stdout = Console.Out;
            }
            if (!ReferenceEquals(Console.Error, stderr))
            {
                Console.SetError(new CellConsole(StreamKind.Stderr, Console.Error));
                stderr = Console.Error;
            }
        }
    }

    /// <inheritdoc />
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc />
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc />
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc />
    public override void WriteLine(string? value) => Write(value + "\n");

    /// <inheritdoc />
    public override void Write(string? value)
    {
        if (CellScope.Current is { } scope)
            scope.Write(stream, value ?? "");
        else
            outside.Write(value);
    }

    /// <inheritdoc />
    public override void Flush()
    {
        if (CellScope.Current is null)
            outside.Flush();
    }
}
