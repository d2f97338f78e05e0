using GeoVlm.Data;

namespace GeoVlm.Learning;

/// <summary>The order in which samples are used: every one once per epoch, shuffled anew each time from the seed.</summary>
/// <param name="count">Number of samples.</param>
/// <param name="seed">Seed of the run.</param>
internal sealed class PromptOrder(int count, ulong seed)
{
    private readonly Queue<int> waiting = new();
    private int epoch;

    /// <summary>Samples handed out so far.</summary>
    public int Taken { get; private set; }

    /// <summary>The indices of the next <paramref name="wanted"/> samples.</summary>
    public IReadOnlyList<int> Take(int wanted)
    {
        var taken = new List<int>(wanted);
        while (taken.Count < wanted)
        {
            if (waiting.Count == 0)
            {
                int[] shuffled = [.. Enumerable.Range(0, count)];
                new SeededRandom(Seed.Derive(seed, "order", epoch++)).Shuffle(shuffled);
                foreach (int i in shuffled) waiting.Enqueue(i);
            }
            taken.Add(waiting.Dequeue());
        }
        Taken += wanted;
        return taken;
    }
}
