using GeoVlm.Data;

namespace GeoVlm.Learning;

/// <summary>In which order a run asks its prompts.</summary>
public enum PromptOrdering
{
    /// <summary>All tasks mixed: every sample once per epoch, shuffled anew each time.</summary>
    Shuffled,

    /// <summary>One task after the other, each for an equal share of the steps, as the paper trains; shuffled within a task.</summary>
    Successive,

    /// <summary>The first epoch from easy to hard, later ones shuffled.</summary>
    EasyFirst,
}

/// <summary>The order in which samples are used, the same for a seed in every process.</summary>
internal sealed class PromptOrder
{
    private readonly Phase[] phases;
    private readonly int total;

    /// <summary>An order over samples.</summary>
    /// <param name="samples">The training samples.</param>
    /// <param name="ordering">Which order.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="total">Prompts that the whole run will ask for, which successive tasks share.</param>
    public PromptOrder(IReadOnlyList<Sample> samples, PromptOrdering ordering, ulong seed, int total)
    {
        var groups =
            ordering == PromptOrdering.Successive
                ? samples.Select((s, i) => (s.Task, i)).GroupBy(p => p.Task, p => p.i)
                : samples.Select((_, i) => i).GroupBy(_ => default(EoTask));
        phases =
        [
            .. groups.Select(g => new Phase([.. g], seed, ordering == PromptOrdering.EasyFirst ? i => Difficulty(samples[i]) : null)),
        ];
        this.total = Math.Max(1, total);
    }

    /// <summary>Samples handed out so far.</summary>
    public int Taken { get; private set; }

    /// <summary>The indices of the next <paramref name="wanted"/> samples.</summary>
    public IReadOnlyList<int> Take(int wanted)
    {
        var taken = new List<int>(wanted);
        while (taken.Count < wanted)
            taken.Add(phases[Math.Min(phases.Length - 1, (int)((long)Taken++ * phases.Length / total))].Next());
        return taken;
    }

    /// <summary>Samples that come next, as far as that is known without drawing them: up to the end of the epoch.</summary>
    public IEnumerable<int> Next(int wanted) =>
        phases[Math.Min(phases.Length - 1, (int)((long)Taken * phases.Length / total))].Waiting.Take(wanted);

    // The source's own "difficulty" where it has one; else the number of boxes to find, then the length of the answer.
    private static double Difficulty(Sample sample) =>
        sample.Attributes.TryGetValue("difficulty", out string? text)
        && double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double given)
            ? given
        : sample.Reference is BoxesAnswer boxes ? boxes.Objects.Count
        : sample.Reference is TextAnswer answer ? answer.Text.Length / 1000.0
        : 0;

    private sealed class Phase(int[] members, ulong seed, Func<int, double>? difficulty)
    {
        private readonly Queue<int> waiting = new();
        private int epoch;

        public IEnumerable<int> Waiting => waiting;

        public int Next()
        {
            if (waiting.Count == 0)
            {
                int[] shuffled = [.. members];
                new SeededRandom(Seed.Derive(seed, "order", epoch)).Shuffle(shuffled);
                foreach (int i in epoch == 0 && difficulty is not null ? shuffled.OrderBy(difficulty) : shuffled.AsEnumerable())
                    waiting.Enqueue(i);
                epoch++;
            }
            return waiting.Dequeue();
        }
    }
}
