using GeoVlm.Data;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Tests.Models;
using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Tests.Workbench.Exporting;

public class ModelCardTests
{
    [Fact]
    public void The_card_says_what_is_known_and_that_the_rest_is_not()
    {
        using var policy = TinyPolicy.Load();
        var samples = TinyPolicy.Samples(4, EoTask.SceneClassification);
        var report = Evaluator.Evaluate(
            new ScriptedRolloutEngine((p, _) => $"<think>x</think><answer>{((TextAnswer)p.Sample.Reference).Text}</answer>"),
            samples
        );
        string card = new ModelCard(policy, "some/base | <b>", Merged: false) { Report = report }.ToMarkdown();
        Assert.StartsWith("---\nlibrary_name: transformers\n", card);
        Assert.Contains("base_model: \"some/base |", card);
        Assert.Contains("some/base \\| &lt;b>", card);
        Assert.Matches(@"\| scene-classification \| accuracy \(exact\) \| 1\.000 \| 1\.000 to 1\.000 \| 4 \|", card);
        Assert.Contains("## Training\n\nNot stated.", card);
    }
}
