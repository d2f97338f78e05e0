namespace GeoVlm.Models.Weights;

/// <summary>Files that appear complete or not at all, so that an interrupted save never damages a checkpoint.</summary>
internal static class AtomicFile
{
    /// <summary>What names end in while they are written; a process that is killed leaves such files behind.</summary>
    public const string Unfinished = ".tmp";

    /// <summary>Lets <paramref name="write"/> fill a file beside <paramref name="path"/>, then renames it into place.</summary>
    /// <exception cref="GeoVlmException">The file cannot be written.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        string beside = $"{path}.{Path.GetRandomFileName()}{Unfinished}";
        try
        {
            using (FileStream stream = new(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new GeoVlmException($"{path}: cannot be written ({e.Message})", e);
        }
    }
}
