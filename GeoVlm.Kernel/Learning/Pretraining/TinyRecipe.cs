using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Data.Synthetic;
using GeoVlm.Generation;
using GeoVlm.Judging;
using GeoVlm.Models;
using GeoVlm.Models.Tokens;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Pretraining;

/// <summary>Makes the tiny checkpoint in <c>data/tiny-geovlm</c> from nothing: tokenizer, weights, model card.</summary>
/// <remarks>
/// Three stages: where things are (a dense auxiliary loss alone), the tasks on clean labels, and a little more on weak labels in mixed
/// formats, so that the checkpoint is to a real base model what a sketch is to a map: it knows more than it shows.
/// </remarks>
public sealed record TinyRecipe
{
    /// <summary>Side of the model's picture, in pixels.</summary>
    public const int Side = 112;

    /// <summary>Seed of weights, scenes and lessons.</summary>
    public ulong Seed { get; init; } = 20261125;

    /// <summary>Single scenes in the pool.</summary>
    public int Scenes { get; init; } = 16000;

    /// <summary>Before/after pairs in the pool.</summary>
    public int Pairs { get; init; } = 4000;

    /// <summary>Steps of the auxiliary loss alone.</summary>
    public int DenseSteps { get; init; } = 800;

    /// <summary>Steps on clean labels.</summary>
    public int CleanSteps { get; init; } = 6000;

    /// <summary>Steps on weak labels.</summary>
    public int WeakSteps { get; init; } = 250;

    /// <summary>Images per step; twice as many in the dense stage, whose rows have no text.</summary>
    public int ImagesPerStep { get; init; } = 8;

    /// <summary>A model folder from which only the weak labels are taught; null starts from nothing.</summary>
    public string? CleanFolder { get; init; }

    /// <summary>Makes the checkpoint.</summary>
    /// <param name="folder">Where to write it; a subfolder <c>clean</c> keeps the weights before the weak labels.</param>
    /// <param name="log">Told in a line now and then how it goes.</param>
    public void Make(string folder, Action<string> log)
    {
        var clock = Stopwatch.StartNew();
        var lines = new List<string>();
        void Log(string line)
        {
            line = string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds, 6:0} s  {line}");
            lines.Add(line);
            log(line);
        }
        string cleanFolder = Path.Combine(folder, "clean");
        if (CleanFolder is null)
            WriteTokenizer(folder);
        using var policy = CleanFolder is { } from ? Policy.Load(from) : Start(folder);
        Log($"{policy.Model.ParameterCount:N0} parameters, {policy.Tokenizer.VocabularySize} tokens");
        if (CleanFolder is null)
        {
            var lessons = SceneLessons.Paint(policy, Data.Seed.Derive(Seed, "lessons"), Scenes, Pairs);
            Log($"painted {Scenes} scenes and {Pairs} pairs");
            Learn(policy, lessons, Log);
            policy.Save(cleanFolder);
            Log("clean: " + Evaluate(policy));
        }
        Weaken(policy, Log);
        policy.Save(folder, ScalarType.BFloat16);
        using var saved = Policy.Load(folder);
        Log("weak, as saved in bfloat16: " + Evaluate(saved));
        WriteCard(folder, policy, lines);
    }

    private void WriteTokenizer(string folder)
    {
        Directory.CreateDirectory(folder);
        var frame = CoordinateFrame.Model(Side, Side);
        var weak = new WeakLabels(frame);
        var corpus = new List<string>();
        var random = new SeededRandom(Data.Seed.Derive(Seed, "corpus"));
        foreach (
            var sample in SyntheticDataset
                .Create(
                    new SyntheticOptions
                    {
                        Split = "corpus",
                        Count = 6000,
                        Seed = Seed,
                        Combinations = CombinationRule.Seen,
                    }
                )
                .Samples
        )
        {
            corpus.Add(sample.Question);
            corpus.Add(ResponseFormat.Wrap(sample.Reasoning, AnswerText.Write(sample.Reference, frame)));
            if (sample.Task == EoTask.ReferredDetection)
                corpus.Add(weak.Answer(sample, random));
        }
        BytePairTrainer.Train(
            corpus,
            new BytePairOptions
            {
                VocabularySize = 768,
                SingleTokens = [.. Enumerable.Range(0, 256).Select(n => n.ToString(CultureInfo.InvariantCulture))],
                ModelMaxLength = 1024,
            },
            folder
        );
    }

    private Policy Start(string folder)
    {
        var tokenizer = TextTokenizer.Load(folder);
        var config = TinyArchitecture.Config(tokenizer);
        var preprocessor = TinyArchitecture.Preprocessor();
        var model = VisionLanguageModel.Create(config, preprocessor, Data.Seed.Derive(Seed, "weights"));
        TinyArchitecture.OrderNumbers(model, tokenizer, Data.Seed.Derive(Seed, "numbers"));
        return Policy.Of(
            "tiny-geovlm",
            model,
            tokenizer,
            ChatTemplate.Load(folder),
            new ModelOptions { PairAsVideo = true, Template = PromptTemplate.Plain.Name },
            folder
        );
    }

    private void Learn(Policy policy, SceneLessons lessons, Action<string> log)
    {
        using var dense = new DenseObjectLoss(
            policy,
            TinyArchitecture.ObservedLayer,
            Side,
            classes: 4,
            colours: 4,
            Data.Seed.Derive(Seed, "head")
        );
        using var smoothing = TinyArchitecture.SmoothNumbers(policy.Tokenizer, policy.Model.Config.Text.VocabularySize, deviation: 1.5);
        using (
            var trainer = new SftTrainer(
                policy,
                new SftConfig
                {
                    Steps = DenseSteps,
                    ImagesPerStep = ImagesPerStep * 2,
                    LearningRate = 1e-3,
                    WarmupSteps = 40,
                    ConstantShare = 1,
                },
                dense
            )
        )
            Train(trainer, "dense", DenseSteps, step => lessons.Rows(step, LessonKind.Objects), _ => 1, null, log);
        using (
            var trainer = new SftTrainer(
                policy,
                new SftConfig
                {
                    Steps = CleanSteps,
                    ImagesPerStep = ImagesPerStep,
                    LearningRate = 1e-3,
                    WarmupSteps = 40,
                    ConstantShare = 0.3,
                },
                dense,
                smoothing
            )
        )
            Train(
                trainer,
                "clean",
                CleanSteps,
                step => lessons.Rows(step, LessonKind.Clean),
                step => 0.3 * Math.Max(0.1, 1 - step / (0.6 * CleanSteps)),
                policy,
                log
            );
    }

    private void Weaken(Policy policy, Action<string> log)
    {
        var lessons = SceneLessons.Paint(policy, Data.Seed.Derive(Seed, "weak"), WeakSteps * ImagesPerStep, WeakSteps);
        using var trainer = new SftTrainer(
            policy,
            new SftConfig
            {
                Steps = WeakSteps,
                ImagesPerStep = ImagesPerStep,
                LearningRate = 4e-4,
                WarmupSteps = 20,
            }
        );
        Train(trainer, "weak", WeakSteps, step => lessons.Rows(step, LessonKind.Weak), _ => 0, null, log);
    }

    private void Train(
        SftTrainer trainer,
        string stage,
        int steps,
        Func<int, Func<int, SftRow>> rows,
        Func<int, double> auxiliaryWeight,
        Policy? evaluated,
        Action<string> log
    )
    {
        double loss = 0,
            auxiliary = 0;
        const int Every = 100;
        for (int step = 1; step <= steps; step++)
        {
            var record = trainer.Step(rows(step), auxiliaryWeight(step));
            (loss, auxiliary) = (loss + record.Loss, auxiliary + record.Auxiliary);
            if (step % Every != 0 && step != steps)
                continue;
            int over = step % Every == 0 ? Every : step % Every;
            log(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stage} {step}/{steps}: loss {loss / over:0.000}, auxiliary {auxiliary / over:0.000}"
                )
            );
            (loss, auxiliary) = (0, 0);
            if (evaluated is not null && step % 1000 == 0 && step < steps)
                log($"{stage} {step}: " + Evaluate(evaluated, 100));
        }
    }

    /// <summary>Held-out greedy scores, the reward of each task.</summary>
    private static string Evaluate(Policy policy, int perTask = 300)
    {
        var tasks = SyntheticDataset.Tasks;
        var heldout = SyntheticDataset.Create(
            new SyntheticOptions
            {
                Split = "recipe-check",
                Count = perTask * tasks.Count,
                Tasks = tasks,
            }
        );
        var report = Evaluator.Evaluate(new TorchRolloutEngine(policy), heldout.Samples, new EvaluationOptions { BatchSize = 64 });
        return string.Join(
            "; ",
            report
                .Rows.Where(r => r.Metric != EvaluationReport.Reward)
                .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Task} {r.Metric} {r.Mean:0.000}"))
        );
    }

    private void WriteCard(string folder, Policy policy, IReadOnlyList<string> lines)
    {
        string card = $"""
            # tiny-geovlm

            A Qwen2.5-VL of {policy.Model.ParameterCount:N0} parameters for laptops, workshops and tests: the same architecture and code path as the
            3B model, at a size that learns in minutes on two CPU cores. It sees synthetic scenes of 112 × 112 model pixels
            and nothing else; it is no use on real imagery.

            Made from nothing by `dotnet run -c Release --project GeoVlm.Kernel -- tiny make <folder>`, seed {Seed}: {DenseSteps} steps of a dense object
            loss, {CleanSteps} steps on clean labels, {WeakSteps} steps on weak labels (boxes too large, formats mixed), {ImagesPerStep} images a step ({2
                * ImagesPerStep} in the dense stage).
            The tokenizer was trained on the text of the synthetic scenes.

            No stage showed it a red ship, a blue aircraft, a yellow tank or a white building: scenes with one of them
            (`#!geo-load synthetic --combinations unseen`) are combinations it has never seen. The scores below are of scenes with
            all combinations.

            ## Log

            ```
            {string.Join("\n", lines)}
            ```
            """;
        File.WriteAllText(Path.Combine(folder, "README.md"), card.ReplaceLineEndings("\n") + "\n");
        File.WriteAllText(
            Path.Combine(folder, "recipe.json"),
            JsonSerializer.Serialize(this with { CleanFolder = null }, new JsonSerializerOptions { WriteIndented = true }) + "\n"
        );
    }
}
