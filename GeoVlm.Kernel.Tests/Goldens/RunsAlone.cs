namespace GeoVlm.Tests.Goldens;

/// <summary>Tests that measure the whole process (live tensors, memory, finalizers) run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunsAlone
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "runs alone";
}
