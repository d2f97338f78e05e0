using System.Runtime.ExceptionServices;
using TorchSharp;

namespace GeoVlm.Models.Native;

/// <summary>Runs the two halves of a batch side by side, each on a thread of its own with half of the cores.</summary>
/// <remarks>
/// A small model's kernels are too short to be split over cores: two lanes with one thread each are nearly twice as fast as one
/// lane with two. Gradients of both lanes meet in the shared parameters; the sum of two numbers does not depend on their order, so
/// two lanes (and no more) keep a run reproducible.
/// </remarks>
public static class Lanes
{
    /// <summary>Models up to this size gain from two lanes on a CPU; larger ones fill the cores by themselves.</summary>
    public const long SmallModelParameters = 50_000_000;

    /// <summary>2 for a small model on a CPU with several cores, else 1.</summary>
    public static int For(VisionLanguageModel model) => For(model.ParameterCount, model.Device.type == DeviceType.CPU);

    /// <summary>The same of a model that is only planned.</summary>
    /// <param name="parameters">How many it has.</param>
    /// <param name="onCpu">Whether it computes there.</param>
    public static int For(long parameters, bool onCpu) =>
        onCpu && parameters <= SmallModelParameters && Environment.ProcessorCount > 1 ? 2 : 1;

    /// <summary>Splits <paramref name="items"/> into contiguous parts, one a lane, and gives back each part's result in order.</summary>
    /// <param name="items">The work; may be shorter than the number of lanes.</param>
    /// <param name="lanes">1 or 2.</param>
    /// <param name="work">Runs on the lane's thread; tensors that it leaves alive are its own to hand over.</param>
    public static IReadOnlyList<TResult> Run<TItem, TResult>(
        IReadOnlyList<TItem> items,
        int lanes,
        Func<IReadOnlyList<TItem>, TResult> work
    )
    {
        using var gate = FinalizerGate.Close();
        lanes = Math.Clamp(lanes, 1, Math.Max(1, items.Count));
        if (lanes == 1)
            return [work(items)];
        // The caller's own tensors are as small as the lanes': waking a second thread for them costs more than it saves.
        torch.set_num_threads(1);
        var results = new TResult[lanes];
        var errors = new ExceptionDispatchInfo?[lanes];
        var threads = new Thread[lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            int index = lane,
                from = items.Count * lane / lanes,
                to = items.Count * (lane + 1) / lanes;
            threads[lane] = new Thread(
                () =>
                {
                    try
                    {
                        torch.set_num_threads(Math.Max(1, Environment.ProcessorCount / lanes));
                        results[index] = work([.. items.Skip(from).Take(to - from)]);
                    }
                    catch (Exception e)
                    {
                        errors[index] = ExceptionDispatchInfo.Capture(e);
                    }
                },
                maxStackSize: 16 << 20
            )
            {
                IsBackground = true,
                Name = $"lane {lane}",
            };
            threads[lane].Start();
        }
        foreach (var thread in threads)
            Cores.WaitThrough(thread.Join); // leaving early would free tensors that the lanes still use
        foreach (var error in errors)
            error?.Throw();
        return results;
    }
}
