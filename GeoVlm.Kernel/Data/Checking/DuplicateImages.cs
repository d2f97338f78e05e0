namespace GeoVlm.Data.Checking;

/// <summary>Finds images that are the same, or nearly, within a split and across splits.</summary>
internal static class DuplicateImages
{
    private const int Bands = 4,
        MostInBucket = 200;

    public static (IEnumerable<CheckFinding> Findings, int Compared) Find(EoDataset dataset, CheckOptions options)
    {
        List<(Sample Sample, GeoImage Image, PerceptualHash Hash)> seen = [];
        List<CheckFinding> findings = [];
        var known = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var sample in dataset.Samples)
        {
            if (seen.Count >= options.Images)
                break;
            foreach (var image in sample.Images)
            {
                options.Cancellation.ThrowIfCancellationRequested();
                if (!known.Add(image))
                    continue;
                try
                {
                    seen.Add((sample, image, PerceptualHash.Of(image.Load())));
                }
                catch (GeoVlmException e)
                {
                    findings.Add(new("unreadable-image", CheckSeverity.Error, $"{image.Name}: {e.Message}", []));
                }
            }
        }
        Add(Exact(seen), true);
        Add(Near(seen, options.HashDistance), false);
        return (findings, seen.Count);

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
            string kind = exact ? "are the same picture" : "are nearly the same picture";
            if (across.Count > 0)
                findings.Add(
                    new(
                        exact ? "leakage" : "near-duplicate",
                        exact ? CheckSeverity.Error : CheckSeverity.Warning,
                        $"{across.Count:N0} pairs of images in different splits {kind}, first {Name(across[0].A)} and {Name(across[0].B)}. "
                            + "Results on the held-out split are too good; remove one of each pair.",
                        Both(across)
                    )
                );
            if (within.Count > 0)
                findings.Add(
                    new(
                        "duplicate",
                        CheckSeverity.Note,
                        $"{within.Count:N0} pairs of images within a split {kind}, first {Name(within[0].A)} and {Name(within[0].B)}. "
                            + "They count twice; remove one of each.",
                        Both(within)
                    )
                );
        }

        string Name(int i) => seen[i].Sample.Split.Length > 0 ? $"{seen[i].Image.Name} ({seen[i].Sample.Split})" : seen[i].Image.Name;

        IReadOnlyList<Sample> Both(List<(int A, int B)> pairs) =>
            [.. pairs.Take(50).SelectMany(p => new[] { seen[p.A].Sample, seen[p.B].Sample }).Distinct()];
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
