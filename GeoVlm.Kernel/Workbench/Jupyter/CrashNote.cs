using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>
/// Remembers on disk which cell runs. Native code that crashes takes the process with it, too late for a word; Jupyter then starts the
/// kernel again on the same connection, and this one says which cell it was.
/// </summary>
internal sealed class CrashNote : IDisposable
{
    private const char End = '\0'; // of the note: what is left of a longer one behind it costs less than to cut the file each time

    private readonly string path,
        owner;
    private readonly SafeFileHandle? file;
    private string? before;

    public CrashNote(ConnectionFile connection)
    {
        path = Path.Combine(
            Path.GetTempPath(),
            $"geovlm-kernel-{Environment.UserName}-{connection.ShellPort}-{connection.ControlPort}.json"
        );
        owner = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(connection.Key)));
        try
        {
            if (File.Exists(path))
            {
                string left = File.ReadAllText(path).Split(End)[0];
                File.Delete(path);
                if (left.Length > 0 && JsonSerializer.Deserialize<Note>(left) is { } note && note.Owner == owner)
                    before = note.Cell;
            }
            // Kept open and rewritten: a file made and deleted for each cell would cost the cell a millisecond.
            FileStreamOptions made = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                made.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(path, made).Dispose();
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            Console.Error.WriteLine($"geovlm: no note of running cells, for the case that one ends the process: {error.Message}");
        }
    }

    /// <summary>What to tell the user once about the process before this one; null for nothing.</summary>
    public string? Take() =>
        Interlocked.Exchange(ref before, null) is { } cell
            ? $"The kernel was started again: its process ended abruptly while this cell ran, and the variables are lost.\n{Shorten(cell)}\n"
            : null;

    /// <summary>A cell starts.</summary>
    public void Write(string code) => Change(JsonSerializer.SerializeToUtf8Bytes(new Note(owner, code)));

    /// <summary>No cell runs.</summary>
    public void Clear() => Change([]);

    /// <summary>The kernel ends as it should.</summary>
    public void Dispose()
    {
        if (file is null)
            return;
        file.Dispose();
        File.Delete(path);
    }

    private void Change(byte[] content)
    {
        if (file is null)
            return;
        try
        {
            lock (file)
                RandomAccess.Write(file, [.. content, (byte)End], 0);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            Console.Error.WriteLine($"geovlm: no note of the running cell: {error.Message}"); // a full disk is no reason not to run cells
        }
    }

    private static string Shorten(string code) => "  | " + string.Join("\n  | ", code.Split('\n').Take(10));

    private sealed record Note(string Owner, string Cell);
}
