namespace GeoVlm.Data;

/// <summary>The splits of a dataset: those of its source, else divided by image.</summary>
/// <remarks>
/// A source that has train and a test (or val) part is taken at its word, and "heldout" is its test part, or val without one. Where it has
/// only one side, or none, train and heldout are divided by <see cref="HeldOut"/>, so that the two never share an image.
/// </remarks>
public static class DatasetSplits
{
    private static readonly string[] judged = ["test", "val"];

    /// <summary>One part.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="name">A split of the source, or <see cref="HeldOut.Train"/> or <see cref="HeldOut.Heldout"/>.</param>
    /// <param name="seed">Seed of the division by image.</param>
    /// <exception cref="GeoVlmException">There is no such split; the message lists those there are.</exception>
    public static EoDataset Part(EoDataset dataset, string name, ulong seed = 0)
    {
        string[] own = Own(dataset);
        bool isWhole = own.Contains(HeldOut.Train) && judged.Any(own.Contains);
        if (name == HeldOut.Heldout && !own.Contains(name) && isWhole)
            name = judged.First(own.Contains);
        // Train alone in the source would leave nothing to evaluate on that training has not seen.
        bool divides = name is HeldOut.Train or HeldOut.Heldout && !isWhole && !own.Contains(HeldOut.Heldout);
        if (!divides && own.Contains(name))
            return dataset.Where(s => s.Split == name);
        if (!divides)
            throw new GeoVlmException(
                $"'{dataset.Name}' has no split '{name}'; it has "
                    + (own.Length > 0 ? string.Join(", ", own) : "none of its own and can be divided into train and heldout")
            );
        var part = HeldOut.Part(dataset, name, seed: seed);
        return own.Length == 0
            ? part
            : part with
            {
                Problems =
                [
                    new(
                        name,
                        $"the source has only {string.Join(", ", own)}; train and heldout are divided by image, so that both are there."
                    ),
                    .. part.Problems,
                ],
            };
    }

    /// <summary>Every part by name.</summary>
    public static IReadOnlyDictionary<string, EoDataset> All(EoDataset dataset)
    {
        string[] own = Own(dataset);
        return (own.Length > 0 ? own : [HeldOut.Train, HeldOut.Heldout]).ToDictionary(
            name => name,
            name => own.Length > 0 ? dataset.Where(s => s.Split == name) : HeldOut.Part(dataset, name)
        );
    }

    private static string[] Own(EoDataset dataset) => [.. dataset.Samples.Select(s => s.Split).Where(s => s.Length > 0).Distinct()];
}
