using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Saving;

/// <summary>A mask as lengths of runs along its rows, the first of pixels that are not set.</summary>
internal sealed record SavedMask(int Width, int Height, IReadOnlyList<int> Runs)
{
    public static SavedMask Of(Mask mask)
    {
        List<int> runs = [];
        bool current = false;
        int length = 0;
        foreach (bool bit in mask.Bits)
        {
            if (bit != current)
            {
                runs.Add(length);
                (current, length) = (bit, 0);
            }
            length++;
        }
        runs.Add(length);
        return new SavedMask(mask.Width, mask.Height, runs);
    }

    public Mask Load()
    {
        if (Width <= 0 || Height <= 0 || Runs.Any(r => r < 0) || Runs.Sum(r => (long)r) != (long)Width * Height)
            throw new GeoVlmException($"a saved mask of {Width} x {Height} pixels has runs that do not fill it; save the dataset again");
        var mask = new Mask(Width, Height);
        int at = 0;
        for (int i = 0; i < Runs.Count; at += Runs[i++])
            if (i % 2 == 1)
                mask.Bits.AsSpan(at, Runs[i]).Fill(true);
        return mask;
    }
}
