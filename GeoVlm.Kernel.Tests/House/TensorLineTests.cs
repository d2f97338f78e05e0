namespace GeoVlm.Tests.House;

public sealed class TensorLineTests
{
    [Fact]
    public void Only_models_generation_and_learning_touch_tensors() =>
        SourceFiles.AssertNone(
            from reference in KernelSymbols.References
            where reference.IsOf("TorchSharp") && reference.Room is not ("Models" or "Generation" or "Learning")
            select reference.ToString(),
            "Tensors stay in Models, Generation and Learning: hand out plain numbers (Rollout, StepRecord) instead."
        );
}
