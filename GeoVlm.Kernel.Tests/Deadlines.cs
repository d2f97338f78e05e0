namespace GeoVlm.Tests;

/// <summary>How long a test waits. Figures of speed belong to <c>bench</c>: a test runs beside others, on machines that do other things
/// too.</summary>
internal static class Deadlines
{
    /// <summary>For what takes two seconds at most on an idle machine, and minutes when it is broken.</summary>
    public static readonly TimeSpan Prompt = TimeSpan.FromSeconds(20);
}
