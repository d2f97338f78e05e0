namespace GeoVlm.Data.Readers;

/// <summary>Images that a dataset keeps because nothing is in them, in a folder of that
/// name: "negative image set" of NWPU VHR-10, Neg of UCAS-AOD.</summary>
internal static class NegativeImages
{
    public static IEnumerable<AnnotatedImage> Of(DatasetFolder folder, RowImages images)
    {
        foreach (string path in images.Files.Paths.Where(IsNegative).Order(StringComparer.Ordinal))
            if (images.Open(path) is { } image)
            {
                if (!folder.SkipUnreadable(path, image))
                    yield return new AnnotatedImage(
                        path,
                        Path.ChangeExtension(path, null),
                        [],
                        new Dictionary<string, string> { ["file"] = path }
                    )
                    {
                        Image = image,
                        IsEmpty = true,
                    };
            }
    }

    private static bool IsNegative(string path) =>
        DatasetFolder.IsImage(path)
        && Path.GetFileName(Path.GetDirectoryName(path) ?? "").StartsWith("neg", StringComparison.OrdinalIgnoreCase);
}
