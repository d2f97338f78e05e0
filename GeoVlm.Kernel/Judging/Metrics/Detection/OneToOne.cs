namespace GeoVlm.Judging.Metrics.Detection;

/// <summary>The largest number of predictions that each have a reference of their own.</summary>
public static class OneToOne
{
    /// <summary>The size of a largest matching (augmenting paths, Kuhn 1955).</summary>
    /// <param name="predicted">Number of predictions.</param>
    /// <param name="references">Number of references.</param>
    /// <param name="fits">Whether a prediction may take a reference.</param>
    public static int Count(int predicted, int references, Func<int, int, bool> fits)
    {
        var edges = new List<int>[predicted];
        for (int p = 0; p < predicted; p++)
            edges[p] = [.. Enumerable.Range(0, references).Where(r => fits(p, r))];
        var takenBy = new int[references];
        Array.Fill(takenBy, -1);
        int count = 0;
        for (int p = 0; p < predicted; p++)
            if (Augment(p, edges, takenBy, new bool[references]))
                count++;
        return count;
    }

    private static bool Augment(int prediction, List<int>[] edges, int[] takenBy, bool[] seen)
    {
        foreach (int reference in edges[prediction])
        {
            if (seen[reference])
                continue;
            seen[reference] = true;
            if (takenBy[reference] >= 0 && !Augment(takenBy[reference], edges, takenBy, seen))
                continue;
            takenBy[reference] = prediction;
            return true;
        }
        return false;
    }
}
