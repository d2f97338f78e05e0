namespace GeoVlm.Data.Geometry;

/// <summary>The best one-to-one matching of predicted to reference boxes.</summary>
/// <param name="Pairs">The matched pairs in order of the predicted index; a box without a partner is in none.</param>
public sealed record BoxMatching(IReadOnlyList<BoxMatching.Pair> Pairs)
{
    /// <summary>One match.</summary>
    /// <param name="Predicted">Index among the predicted boxes.</param>
    /// <param name="Reference">Index among the reference boxes.</param>
    /// <param name="IoU">Their overlap, above 0.</param>
    public readonly record struct Pair(int Predicted, int Reference, double IoU);

    private const long MostPairsAtOnce = 250_000;

    /// <summary>Sum of the IoU of the pairs.</summary>
    public double TotalIoU => Pairs.Sum(p => p.IoU);

    /// <summary>Matches by the Hungarian method, so that no other matching is better.</summary>
    /// <remarks>
    /// With <paramref name="minimumIoU"/> 0 the sum of IoU is largest. Otherwise only pairs of at least that IoU count, their number is
    /// largest, and among the matchings with that number the sum of IoU. All boxes in one frame. Time O(s² l) for s boxes on the shorter
    /// side and l on the longer.
    /// </remarks>
    public static BoxMatching Optimal(IReadOnlyList<Box> predicted, IReadOnlyList<Box> reference, double minimumIoU = 0) =>
        Optimal(predicted.Count, reference.Count, (p, r) => predicted[p].IoU(reference[r]), minimumIoU);

    /// <summary>The same with any similarity of 0 to 1 in place of IoU: that of rotated boxes, or 0 where classes differ.</summary>
    /// <param name="predicted">Number of predicted boxes.</param>
    /// <param name="reference">Number of reference boxes.</param>
    /// <param name="similarity">Of a predicted and a reference index, 0 to 1; called at most twice for each pair.</param>
    /// <param name="minimum">Least similarity of a pair.</param>
    public static BoxMatching Optimal(int predicted, int reference, Func<int, int, double> similarity, double minimum = 0) =>
        (long)predicted * reference <= MostPairsAtOnce
            ? AtOnce(predicted, reference, similarity, minimum)
            : ByParts(predicted, reference, similarity, minimum);

    // Where thousands of boxes lie on one image, few of them meet: those that do, through any chain of others, are matched by themselves.
    // The best matching of the whole is that of its parts.
    internal static BoxMatching ByParts(int predicted, int reference, Func<int, int, double> similarity, double minimum)
    {
        int[] parent = [.. Enumerable.Range(0, predicted + reference)];
        for (int p = 0; p < predicted; p++)
        for (int r = 0; r < reference; r++)
            if (similarity(p, r) is var value && value > 0 && value >= minimum)
                parent[Root(p)] = Root(predicted + r);

        var pairs = new List<Pair>();
        foreach (var part in Enumerable.Range(0, parent.Length).GroupBy(Root))
        {
            int[] ps = [.. part.Where(i => i < predicted)],
                rs = [.. part.Where(i => i >= predicted).Select(i => i - predicted)];
            if (ps.Length > 0 && rs.Length > 0)
                pairs.AddRange(
                    AtOnce(ps.Length, rs.Length, (p, r) => similarity(ps[p], rs[r]), minimum)
                        .Pairs.Select(pair => new Pair(ps[pair.Predicted], rs[pair.Reference], pair.IoU))
                );
        }
        return new BoxMatching([.. pairs.OrderBy(p => p.Predicted)]);

        int Root(int i)
        {
            while (parent[i] != i)
                i = parent[i] = parent[parent[i]];
            return i;
        }
    }

    private static BoxMatching AtOnce(int predicted, int reference, Func<int, int, double> similarity, double minimum)
    {
        bool swap = predicted > reference;
        var (rows, columns) = swap ? (reference, predicted) : (predicted, reference);
        // One pair more outweighs any gain in similarity, which is at most the number of rows over all pairs.
        double perPair = minimum > 0 ? rows + 1 : 0;
        var overlap = new double[rows, columns];
        var cost = new double[rows, columns];
        for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++)
        {
            double value = swap ? similarity(j, i) : similarity(i, j);
            if (!(value > 0 && value >= minimum))
                continue;
            overlap[i, j] = value;
            cost[i, j] = -(perPair + value);
        }

        int[] columnOfRow = CheapestAssignment(cost);
        var pairs = new List<Pair>();
        for (int i = 0; i < rows; i++)
        {
            int j = columnOfRow[i];
            if (overlap[i, j] > 0)
                pairs.Add(swap ? new(j, i, overlap[i, j]) : new(i, j, overlap[i, j]));
        }
        return new BoxMatching([.. pairs.OrderBy(p => p.Predicted)]);
    }

    /// <summary>The column of each row in an assignment of least total cost; no more rows than columns.</summary>
    /// <remarks>Rows enter one by one; each is placed along the cheapest augmenting path, found like Dijkstra's on reduced costs
    /// cost − rowPotential − columnPotential, which the potentials keep non-negative (Kuhn 1955, Munkres 1957).</remarks>
    private static int[] CheapestAssignment(double[,] cost)
    {
        int rows = cost.GetLength(0),
            columns = cost.GetLength(1);
        double[] rowPotential = new double[rows],
            columnPotential = new double[columns];
        int[] rowOfColumn = new int[columns],
            previous = new int[columns];
        Array.Fill(rowOfColumn, -1);
        for (int newRow = 0; newRow < rows; newRow++)
        {
            var distance = new double[columns];
            var visited = new bool[columns];
            Array.Fill(distance, double.PositiveInfinity);
            int row = newRow,
                from = -1,
                end = -1;
            double reached = 0;
            while (end < 0)
            {
                int nearest = -1;
                for (int j = 0; j < columns; j++)
                {
                    if (visited[j])
                        continue;
                    double through = reached + cost[row, j] - rowPotential[row] - columnPotential[j];
                    if (through < distance[j])
                        (distance[j], previous[j]) = (through, from);
                    if (nearest < 0 || distance[j] < distance[nearest])
                        nearest = j;
                }
                visited[nearest] = true;
                reached = distance[nearest];
                if (rowOfColumn[nearest] < 0)
                    end = nearest;
                else
                    (row, from) = (rowOfColumn[nearest], nearest);
            }

            rowPotential[newRow] += reached;
            for (int j = 0; j < columns; j++)
            {
                if (!visited[j] || j == end)
                    continue;
                rowPotential[rowOfColumn[j]] += reached - distance[j];
                columnPotential[j] -= reached - distance[j];
            }
            for (int j = end; j >= 0; j = previous[j])
                rowOfColumn[j] = previous[j] < 0 ? newRow : rowOfColumn[previous[j]];
        }

        var columnOfRow = new int[rows];
        for (int j = 0; j < columns; j++)
            if (rowOfColumn[j] >= 0)
                columnOfRow[rowOfColumn[j]] = j;
        return columnOfRow;
    }
}
