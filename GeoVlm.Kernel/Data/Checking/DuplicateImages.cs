namespace GeoVlm.Data.Checking;

/// <summary>Finds images that are the same, or nearly, within a split and across splits.</summary>
internal static class DuplicateImages
{
    /// <summary>The kind of finding whose samples cannot be drawn.</summary>
    public const string Unreadable = "unreadable-image";

    private const int Bands = 4,
        MostInBucket = 200,
        MostPairsShown = 50;

    public static (IEnumerable<CheckFinding> Findings, int Compared) Find(EoDataset dataset, CheckOptions options)
    {
        List<(Sample Sample, GeoImage Image, PerceptualHash Hash)> seen = [];
        List<CheckFinding> findings = [];
        List<(Sample Sample, string Message)> broken = [];
        // One file asked about in two splits is the plainest leak of all: it counts once in each.
        var known = new Dictionary<GeoImage, (PerceptualHash? Hash, HashSet<string> Splits)>(ReferenceEqualityComparer.Instance);
        var passedBy = new HashSet<GeoImage>(ReferenceEqualityComparer.Instance);
        foreach (var sample in dataset.Samples)
        foreach (var image in sample.Images)
        {
            options.Cancellation.ThrowIfCancellationRequested();
            if (known.TryGetValue(image, out var before))
            {
                if (before.Splits.Add(sample.Split) && before.Hash is { } same)
                    seen.Add((sample, image, same));
                continue;
            }
            if (known.Count >= options.Images)
            {
                passedBy.Add(image);
                continue;
            }
            PerceptualHash? hash = null;
            try
            {
                hash = PerceptualHash.Of(image.Load());
                seen.Add((sample, image, hash));
            }
            catch (GeoVlmException e)
            {
                broken.Add((sample, e.Message));
            }
            known[image] = (hash, [sample.Split]);
        }
        if (broken.Count > 0)
            findings.Add(
                new(
                    Unreadable,
                    CheckSeverity.Error,
                    broken.Count == 1 ? broken[0].Message : $"{broken.Count:N0} images cannot be decoded, first {broken[0].Message}",
                    [.. broken.Select(b => b.Sample).Distinct()]
                )
            );
        if (passedBy.Count > 0)
            findings.Add(
                new(
                    "not-compared",
                    CheckSeverity.Note,
                    $"{Counted.Of(passedBy.Count, "image was", "images were")} not decoded or compared, beyond the first {options.Images:N0}. Raise --images for all.",
                    []
                )
            );
        Add(Exact(seen), true);
        Add(Near(seen, options.HashDistance), false);
        return (findings, known.Count - broken.Count);

        void Add(IEnumerable<(int A, int B)> pairs, bool exact)
        {
            List<(int A, int B)> across = [],
                within = [];
            foreach (var (a, b) in pairs)
            {
                // The dates of one place resemble each other by right; only the same picture twice is a fault.
                if (ReferenceEquals(seen[a].Sample, seen[b].Sample))
                    continue;
                (seen[a].Sample.Split != seen[b].Sample.Split ? across : within).Add((a, b));
            }
            string kind = exact ? "the same picture" : "nearly the same picture";
            if (across.Count > 0)
                findings.Add(
                    new(
                        exact ? "leakage" : "near-duplicate",
                        exact ? CheckSeverity.Error : CheckSeverity.Warning,
                        $"{Pairs(across)} in different splits {Are(across)} {kind}, first {Name(across[0].A)} and {Name(across[0].B)}. "
                            + "Results on the held-out split are too good; remove one of each pair.",
                        Both(across)
                    )
                );
            if (within.Count > 0)
                findings.Add(
                    new(
                        "duplicate",
                        CheckSeverity.Note,
                        $"{Pairs(within)} within a split {Are(within)} {kind}, first {Name(within[0].A)} and {Name(within[0].B)}. "
                            + "They count twice; remove one of each.",
                        Both(within)
                    )
                );
        }

        // "before" and "1.png" occur a hundred times; ids that hold the file's name say which.
        string Name(int i)
        {
            var (sample, image, _) = seen[i];
            string name = sample.Id.Contains(image.Name, StringComparison.Ordinal) ? sample.Id : $"{image.Name} of {sample.Id}";
            return sample.Split.Length > 0 ? $"{name} ({sample.Split})" : name;
        }

        static string Pairs(List<(int A, int B)> pairs) => Counted.Of(pairs.Count, "pair of images", "pairs of images");

        static string Are(List<(int A, int B)> pairs) => pairs.Count == 1 ? "is" : "are";

        IReadOnlyList<Sample> Both(List<(int A, int B)> pairs) =>
            [.. pairs.Take(MostPairsShown).SelectMany(p => new[] { seen[p.A].Sample, seen[p.B].Sample }).Distinct()];
    }

    private static IEnumerable<(int A, int B)> Exact(List<(Sample Sample, GeoImage Image, PerceptualHash Hash)> seen) =>
        Enumerable
            .Range(0, seen.Count)
            .GroupBy(i => seen[i].Hash.Pixels)
            .Where(g => g.Count() > 1)
            .SelectMany(g => g.Skip(1).Select(other => (A: g.First(), B: other)));

    // Of 64 bits that differ in at most three, one of four bands of 16 is equal: only those need be compared.
    private static HashSet<(int A, int B)> Near(List<(Sample Sample, GeoImage Image, PerceptualHash Hash)> seen, int distance)
    {
        HashSet<(int A, int B)> near = [];
        for (int band = 0; band < Bands; band++)
            foreach (var bucket in Enumerable.Range(0, seen.Count).GroupBy(i => (ushort)(seen[i].Hash.Gradients >> 16 * band)))
            {
                int[] items = [.. bucket.Take(MostInBucket)];
                for (int i = 0; i < items.Length; i++)
                for (int j = i + 1; j < items.Length; j++)
                    if (
                        seen[items[i]].Hash.Pixels != seen[items[j]].Hash.Pixels
                        && seen[items[i]].Hash.IsNear(seen[items[j]].Hash, distance)
                    )
                        near.Add((items[i], items[j]));
            }
        return near;
    }
}
