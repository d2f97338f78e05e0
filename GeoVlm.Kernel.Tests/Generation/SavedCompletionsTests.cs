using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Generation;
using GeoVlm.Tests.Models;

namespace GeoVlm.Tests.Generation;

public sealed class SavedCompletionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("geovlm-saved").FullName;

    private string Path_ => Path.Combine(folder, "eval", "completions.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Answers with the number of prompts it was asked so far, and fails when told to.
    private sealed class Counting : IRolloutEngine
    {
        public int Asked { get; private set; }
        public int FailAfter { get; init; } = int.MaxValue;

        public IReadOnlyList<RolloutGroup> Generate(
            IReadOnlyList<Prompt> prompts,
            SamplingOptions options,
            CancellationToken cancellation = default
        )
        {
            if (Asked >= FailAfter)
                throw new OperationCanceledException();
            return
            [
                .. prompts.Select(p => new RolloutGroup(
                    p,
                    CoordinateFrame.Model(112, 84),
                    [new Rollout($"answer {++Asked}", [1, 2], [-0.5f, 0], FinishReason.Stop)]
                )),
            ];
        }
    }

    [Fact]
    public void What_was_answered_is_not_asked_again()
    {
        Prompt[] prompts = [.. TinyPolicy.Samples(4).Select(PromptTemplate.Plain.For)];
        var stopped = new SavedCompletions(new Counting { FailAfter = 2 }, Path_, "weights");
        var first = stopped.Generate(prompts[..2], SamplingOptions.Greedy, TestContext.Current.CancellationToken);
        Assert.Throws<OperationCanceledException>(() =>
            stopped.Generate(prompts[2..], SamplingOptions.Greedy, TestContext.Current.CancellationToken)
        );
        File.AppendAllText(Path_, "{\"key\":\"half a li"); // killed while it wrote

        var engine = new Counting();
        var resumed = new SavedCompletions(engine, Path_, "weights");
        var all = resumed.Generate(prompts, SamplingOptions.Greedy, TestContext.Current.CancellationToken);
        Assert.Equal((2, 2), (engine.Asked, resumed.Found));
        Assert.Equal(first[1].Rollouts[0].Text, all[1].Rollouts[0].Text);
        Assert.Equal((CoordinateFrame.Model(112, 84), -0.5f), (all[0].Frame, all[0].Rollouts[0].LogProbs[0]));
        Assert.Equal(4, File.ReadLines(Path_).Count());
    }

    [Fact]
    public void Other_weights_or_options_are_asked_anew()
    {
        Prompt[] prompts = [PromptTemplate.Plain.For(TinyPolicy.Samples(1)[0])];
        var engine = new Counting();
        new SavedCompletions(engine, Path_, "a").Generate(prompts, SamplingOptions.Greedy, TestContext.Current.CancellationToken);
        new SavedCompletions(engine, Path_, "b").Generate(prompts, SamplingOptions.Greedy, TestContext.Current.CancellationToken);
        new SavedCompletions(engine, Path_, "b").Generate(
            prompts,
            SamplingOptions.Greedy with
            {
                Temperature = 1,
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(3, engine.Asked);
        File.WriteAllText(Path_, "no json\n");
        Assert.Contains(Path_, Assert.Throws<GeoVlmException>(() => new SavedCompletions(engine, Path_, "a")).Message);
    }
}
