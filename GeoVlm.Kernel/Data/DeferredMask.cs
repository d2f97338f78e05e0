using GeoVlm.Data.Geometry;

namespace GeoVlm.Data;

/// <summary>A mask that is decoded when it is asked for and may be forgotten when
/// memory is short, so that a dataset holds no pixels.</summary>
/// <param name="width">Columns, known at once.</param>
/// <param name="height">Rows, known at once.</param>
/// <param name="load">Decodes the mask; called again after it was forgotten, so it gives the
/// same mask each time. May throw <see cref="GeoVlmException"/>.</param>
public sealed class DeferredMask(int width, int height, Func<Mask> load)
{
    private readonly WeakReference<Mask?> loaded = new(null);

    /// <summary>Columns.</summary>
    public int Width => width;

    /// <summary>Rows.</summary>
    public int Height => height;

    /// <summary>Wraps a mask that is in memory already.</summary>
    public static implicit operator DeferredMask(Mask mask) => new(mask.Width, mask.Height, () => mask);

    /// <summary>The mask.</summary>
    public Mask Load()
    {
        if (loaded.TryGetTarget(out var mask))
            return mask;
        mask = load();
        loaded.SetTarget(mask);
        return mask;
    }
}
