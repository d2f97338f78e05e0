using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Data.Readers;

/// <summary>What the page of the sample files says a right reader must get, and loading by both ways.</summary>
internal static class Truth
{
    /// <summary>The facts of every annotation file whose path begins so, by path.</summary>
    public static IEnumerable<(string Path, JsonElement Facts)> Of(string start)
    {
        using var truth = JsonDocument.Parse(File.ReadAllBytes(SharedFolder.Require("eo-samples/truth.json")));
        foreach (var file in truth.RootElement.GetProperty("annotation").EnumerateObject())
            if (file.Name.StartsWith(start, StringComparison.Ordinal))
                yield return (file.Name, file.Value.Clone());
    }

    /// <summary>Loads a sample file or folder; automatic choice and the reader's name must give the same.</summary>
    public static EoDataset Load(string path, string reader)
    {
        string full = SharedFolder.Require("eo-samples/" + path);
        var found = EoDataset.Load(full);
        Assert.True(found.Reader == reader, $"{path} was read as {found.Reader}: {found.Reason}");
        Assert.NotEmpty(found.Reason);
        var named = EoDataset.Load(full, reader);
        Assert.Equal(found.Samples.Select(s => s.ToString()), named.Samples.Select(s => s.ToString()));
        return found;
    }

    /// <summary>Every object of every image once.</summary>
    public static IReadOnlyList<LabelledBox> Objects(EoDataset dataset) =>
        [
            .. dataset
                .Samples.Select(s => s.Objects)
                .Distinct(ReferenceEqualityComparer.Instance)
                .Cast<IReadOnlyList<LabelledBox>>()
                .SelectMany(o => o),
        ];
}
