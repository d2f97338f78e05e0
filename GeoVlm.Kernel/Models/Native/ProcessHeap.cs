using System.Collections;
using System.Runtime.InteropServices;

namespace GeoVlm.Models.Native;

/// <summary>Gives the process one heap for all its threads.</summary>
/// <remarks>
/// glibc gives threads heaps of their own, made of pieces of 64 MB in which tensors fit badly, and what one thread has freed no other can
/// use: a training step of 0.7 GB then takes 1.6. Only the environment variable <c>MALLOC_ARENA_MAX</c>, read before a program's first
/// line, changes that.
/// </remarks>
public static partial class ProcessHeap
{
    /// <summary>The variable that glibc reads.</summary>
    public const string Variable = "MALLOC_ARENA_MAX";

    /// <summary>Starts this program anew in the same process, with one heap, unless the
    /// variable is set already; returns where that cannot be done.</summary>
    public static void Share()
    {
        if (
            !OperatingSystem.IsLinux()
            || Environment.GetEnvironmentVariable(Variable) is not null
            || Environment.ProcessPath is not { } program
        )
            return;
        byte[] line;
        try
        {
            line = File.ReadAllBytes("/proc/self/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return; // without /proc it goes on as it is, with more memory
        }
        string[] arguments = System.Text.Encoding.UTF8.GetString(line).TrimEnd('\0').Split('\0');
        IEnumerable<string> environment = Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Select(e => $"{e.Key}={e.Value}")
            .Append($"{Variable}=1");
        _ = Execute(program, [.. arguments, null], [.. environment, null]);
    }

    /// <summary>Replaces the program; comes back only when that fails.</summary>
    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
