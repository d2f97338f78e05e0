using System.Text.Json;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>
/// Remembers on disk which cell runs. Native code that crashes takes the process with it, too late for a word; Jupyter then starts the kernel
/// again on the same connection, and this one says which cell it was.
/// </summary>
internal sealed class CrashNote
{
    private readonly string path;
    private string? before;

    public CrashNote(ConnectionFile connection)
    {
        path = Path.Combine(Path.GetTempPath(), $"geovlm-kernel-{Environment.UserName}-{connection.ShellPort}-{connection.ControlPort}.json");
        if (!File.Exists(path)) return;
        try
        {
            Note? note = JsonSerializer.Deserialize<Note>(File.ReadAllText(path));
            if (note is not null && note.Key == connection.Key) before = note.Cell;
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            before = null; // somebody else's file: nothing to tell
        }
        key = connection.Key;
    }

    private readonly string key = "";

    /// <summary>What to tell the user once about the process before this one; null for nothing.</summary>
    public string? Take() => Interlocked.Exchange(ref before, null) is { } cell
        ? $"The kernel was started again: its process ended abruptly while this cell ran, and the variables are lost.\n{Shorten(cell)}\n"
        : null;

    /// <summary>A cell starts.</summary>
    public void Write(string code) => Change(() => File.WriteAllText(path, JsonSerializer.Serialize(new Note(key, code))));

    /// <summary>No cell runs.</summary>
    public void Clear() => Change(() => File.Delete(path));

    private static void Change(Action change)
    {
        try
        {
            change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"geovlm: no note of the running cell: {error.Message}"); // a full disk is no reason not to run cells
        }
    }

    private static string Shorten(string code) => "  | " + string.Join("\n  | ", code.Split('\n').Take(10));

    private sealed record Note(string Key, string Cell);
}
