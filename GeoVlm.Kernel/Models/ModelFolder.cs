namespace GeoVlm.Models;

/// <summary>Finds the folder of a model by the name that a person types.</summary>
public static class ModelFolder
{
    /// <summary>What the checkpoint that comes with the repository is called.</summary>
    public const string Tiny = "tiny";

    private static readonly string TinyPath = Path.Combine("data", "tiny-geovlm");

    /// <summary>The folder for <c>tiny</c> or for a path.</summary>
    /// <param name="name"><c>tiny</c>, or a folder, relative to <paramref name="workingFolder"/>.</param>
    /// <param name="workingFolder">Where relative paths and the search for the repository's <c>data</c> start.</param>
    /// <exception cref="GeoVlmException">There is no such folder.</exception>
    public static string Find(string name, string workingFolder)
    {
        if (name == Tiny)
        {
            foreach (string start in new[] { workingFolder, AppContext.BaseDirectory })
                for (DirectoryInfo? at = new(start); at is not null; at = at.Parent)
                    if (Directory.Exists(Path.Combine(at.FullName, TinyPath))) return Path.Combine(at.FullName, TinyPath);
            throw new GeoVlmException($"the tiny checkpoint is not here: no folder {TinyPath} in {workingFolder} or above it; run inside the repository, or make it with `tiny make`");
        }
        string folder = Path.GetFullPath(name, workingFolder);
        return Directory.Exists(folder) ? folder : throw new GeoVlmException($"no model '{name}': there is no folder {folder}; give a folder in Hugging Face layout, or '{Tiny}'");
    }
}
