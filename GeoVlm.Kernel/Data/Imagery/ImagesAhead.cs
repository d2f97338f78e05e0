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
    private int held;

    /// <summary>Prepares; nothing is decoded yet.</summary>
    /// <param name="threads">Pictures decoded at a time.</param>
    /// <param name="most">Most pictures that are decoded, or begun, and not yet asked for.</param>
    public ImagesAhead(int threads = 2, int most = 64)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;
        this.most = most;
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
            if (Interlocked.Increment(ref held) > most)
            {
                Interlocked.Decrement(ref held);
                return;
            }
            if (!image.DecodeAhead(scheduler, () => Interlocked.Decrement(ref held), cancellation))
                Interlocked.Decrement(ref held);
        }
    }
}
