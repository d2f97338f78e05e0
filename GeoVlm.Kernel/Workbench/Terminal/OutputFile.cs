namespace GeoVlm.Workbench.Terminal;

/// <summary>A text file that a command was asked to write.</summary>
internal static class OutputFile
{
    /// <summary>Writes it, and the folders above it.</summary>
    /// <exception cref="GeoVlmException">The place cannot be written to.</exception>
    public static void Write(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException($"{path} could not be written: {error.Message} Choose another place.", error);
        }
    }
}
