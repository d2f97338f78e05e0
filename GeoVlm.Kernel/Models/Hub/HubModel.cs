using System.Text.RegularExpressions;

namespace GeoVlm.Models.Hub;

/// <summary>A model on the Hugging Face Hub, by name.</summary>
/// <param name="Name"><c>owner/name</c>.</param>
/// <param name="Revision">Branch, tag or commit.</param>
public sealed partial record HubModel(string Name, string Revision = "main")
{
    /// <summary>Reads <c>owner/name</c> or <c>owner/name@revision</c>; null for anything else, such as a path.</summary>
    public static HubModel? Parse(string text) =>
        Pattern().Match(text) is { Success: true } match
            ? new(match.Groups[1].Value, match.Groups[2].Success ? match.Groups[2].Value : "main")
            : null;

    /// <summary>Its folder in a cache: <c>refs</c>, <c>blobs</c> and <c>snapshots</c> lie in it.</summary>
    public string FolderIn(string cache) => Path.Combine(cache, "models--" + Name.Replace("/", "--", StringComparison.Ordinal));

    /// <summary>The folder with the files of its revision where the cache has it whole; null where it does not.</summary>
    /// <remarks>A revision is a commit, or a name that <c>refs</c> leads to one from, as written when a download is complete.</remarks>
    public string? Find(string cache)
    {
        string folder = FolderIn(cache),
            reference = Path.Combine(folder, "refs", Revision);
        string commit = File.Exists(reference) ? File.ReadAllText(reference).Trim() : Revision;
        string snapshot = Path.Combine(folder, "snapshots", commit);
        return commit.Length > 0 && File.Exists(Path.Combine(snapshot, "config.json")) ? snapshot : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Revision == "main" ? Name : $"{Name}@{Revision}";

    [GeneratedRegex(@"^([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([\w.-]+))?$")]
    private static partial Regex Pattern();
}
