namespace GeoVlm.Tests.Goldens;

/// <summary>Tests that count the tensors of the whole process run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountsTensors
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "counts tensors";
}
