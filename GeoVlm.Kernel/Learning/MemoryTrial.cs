using System.Globalization;
using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Synthetic;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Models;
using GeoVlm.Models.Memory;
using GeoVlm.Models.Native;

namespace GeoVlm.Learning;

/// <summary>Runs the training of a memory plan with random weights, and measures what it takes.</summary>
public static class MemoryTrial
{
    /// <summary>Takes two steps on pictures and prompts of the planned size.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="request">What is planned; the group needs at least 2 completions.</param>
    /// <param name="workingFolder">Where the tiny checkpoint is looked for, whose tokenizer serves the random model.</param>
    /// <param name="cancellation">Stops the trial.</param>
    /// <returns>By how many bytes the process's resident memory grew at most, and the
    /// request with the prompt as long as it came out.</returns>
    /// <exception cref="GeoVlmException">There is no tiny checkpoint, or the system does not tell a process's memory.</exception>
    public static (long Bytes, MemoryRequest Request) Run(
        ModelShape shape,
        MemoryRequest request,
        string workingFolder,
        CancellationToken cancellation = default
    )
    {
        using var tiny = Policy.Load(ModelFolder.Find(ModelFolder.Tiny, workingFolder), type: request.Type);
        var config = shape.Config with { Tokens = tiny.Model.Config.Tokens };
        var (question, promptTokens) = QuestionOf(tiny, request.PromptTokens);
        Sample[] samples =
        [
            .. SyntheticDataset
                .Create(
                    new SyntheticOptions
                    {
                        Split = "trial",
                        Count = request.Prompts,
                        Tasks = [EoTask.ReferredDetection],
                    }
                )
                .Samples.Select(s =>
                    s with
                    {
                        Question = question,
                        Images = [.. Enumerable.Repeat(Blank(request), Math.Max(1, request.Images))],
                    }
                ),
        ];
        GrpoConfig grpo = new()
        {
            Steps = 2,
            PromptsPerStep = request.Prompts,
            GroupSize = request.Group,
            MaxCompletionTokens = request.NewTokens,
            Beta = request.Reference ? 0.02 : 0,
            Train = request.Train,
            GradientCheckpointing = request.Checkpointing,
            GroupsPerMicroBatch = request.MicroBatch,
        };
        using (
            var warm = new GrpoTrainer(
                tiny,
                samples,
                s => RubricCatalogue.For(s.Task),
                new GrpoConfig
                {
                    Steps = 1,
                    PromptsPerStep = 1,
                    GroupSize = 2,
                    MaxCompletionTokens = 2,
                    Beta = 0,
                }
            )
        )
            warm.Step(cancellation); // threads, kernels and code are there from now on
        TorchMemory.ReleaseFreed(); // or what the step before has freed would be used again, unseen
        long before = Resident("VmRSS");
        File.WriteAllText("/proc/self/clear_refs", "5"); // the high-water mark begins anew
        using var policy = Policy.Of(
            "random",
            VisionLanguageModel.Create(config, shape.Preprocessor, 1, type: request.Type),
            tiny.Tokenizer,
            tiny.Template,
            tiny.Encoder.Options,
            tiny.Folder
        );
        if (request.Lora is { } lora)
            policy.AddAdapter(lora);
        using (var trainer = new GrpoTrainer(policy, samples, s => RubricCatalogue.For(s.Task), grpo))
            trainer.Run(cancellation: cancellation);
        return (Resident("VmHWM") - before, request with { PromptTokens = promptTokens });
    }

    private static GeoImage Blank(MemoryRequest request) =>
        new("blank", request.ImageWidth, request.ImageHeight, () => new RgbImage(request.ImageWidth, request.ImageHeight));

    /// <summary>A question with which the prompt has so many tokens besides its
    /// picture's, or the fewest that the template allows.</summary>
    private static (string Question, int Tokens) QuestionOf(Policy policy, int tokens)
    {
        var template = PromptTemplate.Find(policy.Encoder.Options.Template);
        var sample = SyntheticDataset
            .Create(
                new SyntheticOptions
                {
                    Split = "trial",
                    Count = 1,
                    Tasks = [EoTask.ReferredDetection],
                }
            )
            .Samples[0];
        int Count(string question) =>
            // and the marks of the picture
            policy.Tokenizer.Encode(policy.Template.Render([], template.For(sample with { Question = question }).Text)).Count + 3;
        string question = "";
        while (Count(question + " a") <= tokens)
            question += " a";
        return (question, Count(question));
    }

    private static long Resident(string field)
    {
        string? line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(field + ":", StringComparison.Ordinal))
            : null;
        return line is null
            ? throw new GeoVlmException("memory can be measured on Linux only, where /proc/self/status tells it")
            : long.Parse(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }
}
