namespace GeoVlm.Data;

/// <summary>Splits a dataset that has no splits of its own, image by image, so that no picture is on both sides.</summary>
public static class HeldOut
{
    /// <summary>Name of the part to learn from.</summary>
    public const string Train = "train";

    /// <summary>Name of the part to evaluate on.</summary>
    public const string Heldout = "heldout";

    /// <summary>The samples of one part; the same seed gives the same parts in every process.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="part"><see cref="Train"/> or <see cref="Heldout"/>.</param>
    /// <param name="share">Share of the images to hold out; at least one, and at least one is left to learn from.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>The part; a dataset of a single image cannot be split and is given back whole, with a problem that says so.</returns>
    /// <exception cref="GeoVlmException">There is no such part.</exception>
    public static EoDataset Part(EoDataset dataset, string part, double share = 0.3, ulong seed = 0)
    {
        if (part is not (Train or Heldout))
            throw new GeoVlmException($"'{dataset.Name}' has no split '{part}'; it can be divided into {Train} and {Heldout}");
        string[] images = [.. dataset.Samples.Select(ImageOf).Distinct().OrderBy(name => Seed.Derive(seed, "heldout", name))];
        if (images.Length < 2)
        {
            return dataset with
            {
                Problems =
                [
                    new DatasetProblem(
                        part,
                        "there is only one image, so train and heldout are the same: no result on it says anything about new images"
                    ),
                    .. dataset.Problems,
                ],
            };
        }
        int held = Math.Clamp((int)Math.Round(images.Length * share), 1, images.Length - 1);
        var chosen = images[..held].ToHashSet();
        return dataset.Where(s => chosen.Contains(ImageOf(s)) == (part == Heldout));
    }

    private static string ImageOf(Sample sample) => sample.Images[^1].Name;
}
