namespace GeoVlm.Learning.Runs;

/// <summary>What a run writes while it goes on: a full disk costs the record, not the
/// run, and the last good checkpoint is still there.</summary>
/// <param name="stopWhenUnwritable">Whether a write that fails stops the run instead.</param>
internal sealed class RunWrites(bool stopWhenUnwritable)
{
    private readonly List<string> warnings = [];

    /// <summary>What could not be written so far, with its step.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Whether it was written.</summary>
    /// <exception cref="GeoVlmException">It was not, and the run is to stop then.</exception>
    public bool Try(int step, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (GeoVlmException e) when (!stopWhenUnwritable)
        {
            warnings.Add($"step {step}: {e.Message}");
            return false;
        }
    }
}
