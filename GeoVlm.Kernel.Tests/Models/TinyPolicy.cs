using GeoVlm.Data;
using GeoVlm.Data.Synthetic;
using GeoVlm.Models;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Models;

/// <summary>The tiny checkpoint and scenes for it, as the tests use them.</summary>
internal static class TinyPolicy
{
    public static Policy Load(NumberType type = NumberType.Float32) =>
        Policy.Load(ModelFolder.Find(ModelFolder.Tiny, SharedFolder.Repository), type: type);

    public static IReadOnlyList<Sample> Samples(int count, params EoTask[] tasks) =>
        SyntheticDataset
            .Create(
                new SyntheticOptions
                {
                    Split = "tests",
                    Count = count,
                    Tasks = tasks.Length > 0 ? tasks : [EoTask.ReferredDetection],
                }
            )
            .Samples;
}
