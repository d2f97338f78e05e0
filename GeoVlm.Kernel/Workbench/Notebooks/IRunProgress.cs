namespace GeoVlm.Workbench.Notebooks;

/// <summary>Hears how a run goes. <see cref="Printed"/> comes from any thread, the others from the runner's.</summary>
public interface IRunProgress
{
    /// <summary>A code cell will not run on this machine.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="why">Why not.</param>
    void LeftOut(string source, string why) { }

    /// <summary>A code cell starts.</summary>
    /// <param name="number">1 for the first code cell.</param>
    /// <param name="count">How many code cells the notebook has.</param>
    /// <param name="source">Its text.</param>
    void CellStarted(int number, int count, string source);

    /// <summary>The running cell printed this.</summary>
    void Printed(string text);

    /// <summary>The cell ended.</summary>
    void CellEnded(CellStatus status, TimeSpan elapsed);
}
