namespace GeoVlm.Data.Imagery;

/// <summary>Decodes the pictures of coming samples on threads of its own, so that they are ready when the model asks for them.</summary>
/// <remarks>
/// What is given is what <see cref="GeoImage.Load"/> would have given, pixel by pixel; a picture that cannot be decoded throws when, and
/// only when, it is asked for. Each is handed out once and then forgotten; asked for again it is decoded again. Safe from several threads.
/// </remarks>
public sealed class ImagesAhead
{
    private readonly TaskScheduler scheduler;
    private readonly int most;
    private readonly long mostPixels;
    private readonly Lock room = new();
    private int held;
    private long heldPixels;

    /// <summary>Prepares; nothing is decoded yet.</summary>
    /// <param name="threads">Pictures decoded at a time.</param>
    /// <param name="most">Most pictures that are decoded, or begun, and not yet asked for.</param>
    /// <param name="mostPixels">Most pixels of these together, of three bytes each; a
    /// larger picture is decoded when it is asked for.</param>
    public ImagesAhead(int threads = 2, int most = 64, long mostPixels = 64 << 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;
        (this.most, this.mostPixels) = (most, mostPixels);
    }

    /// <summary>Pictures that are decoded, or begun, and not yet asked for.</summary>
    public int Held => held;

    /// <summary>Begins to decode the pictures of samples, in their order, as many as there is room for; returns at once.</summary>
    /// <param name="coming">What will be asked for next.</param>
    /// <param name="cancellation">Pictures that are not begun by then are decoded when they are asked for.</param>
    public void Start(IEnumerable<Sample> coming, CancellationToken cancellation = default)
    {
        foreach (var image in coming.SelectMany(s => s.Images))
        {
            if (cancellation.IsCancellationRequested)
                return;
            if (image.Problem is not null)
                continue; // which is for whoever asks for it
            long pixels = (long)image.Width * image.Height;
            if (!Take(pixels))
                return;
            if (!image.DecodeAhead(scheduler, () => Free(pixels), cancellation))
                Free(pixels);
        }
    }

    private bool Take(long pixels)
    {
        lock (room)
        {
            if (held == most || heldPixels + pixels > mostPixels)
                return false;
            (held, heldPixels) = (held + 1, heldPixels + pixels);
            return true;
        }
    }

    private void Free(long pixels)
    {
        lock (room)
            (held, heldPixels) = (held - 1, heldPixels - pixels);
    }
}
