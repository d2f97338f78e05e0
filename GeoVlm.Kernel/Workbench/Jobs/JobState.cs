namespace GeoVlm.Workbench.Jobs;

/// <summary>How a job stands.</summary>
public enum JobState
{
    /// <summary>It works.</summary>
    Running,

    /// <summary>It did all it was asked.</summary>
    Done,

    /// <summary>It was stopped, and kept what it had.</summary>
    Stopped,

    /// <summary>It failed; see its error.</summary>
    Failed,
}
