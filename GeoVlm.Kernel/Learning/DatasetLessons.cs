using GeoVlm.Data;
using GeoVlm.Data.Imagery;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;

namespace GeoVlm.Learning;

/// <summary>Rows for fine-tuning on a dataset: a sample is drawn, and further questions of
/// its task about the same image are packed behind it.</summary>
/// <remarks>Rows are drawn from seeds alone, so a step's rows are the same in every process and whatever was drawn before.</remarks>
public sealed class DatasetLessons
{
    private const int Redraws = 16;

    private readonly Policy policy;
    private readonly DatasetLessonOptions options;
    private readonly PromptTemplate template;
    private readonly (EoTask Task, double Share, Sample[] Samples)[] tasks;
    private readonly ILookup<(EoTask Task, GeoImage Image), Sample> byImage;
    private readonly Dictionary<string, string> problems = [];
    private readonly ImagesAhead ahead = new();

    /// <summary>Prepares lessons.</summary>
    /// <param name="policy">The policy that will read them.</param>
    /// <param name="samples">The samples, of any tasks.</param>
    /// <param name="options">How they are drawn; the defaults when null.</param>
    /// <exception cref="GeoVlmException">There are no samples, or a weight is out of range or names a task that has none.</exception>
    public DatasetLessons(Policy policy, IReadOnlyList<Sample> samples, DatasetLessonOptions? options = null)
    {
        if (samples.Count == 0)
            throw new GeoVlmException("there are no samples to learn from");
        (this.policy, this.options) = (policy, options ?? new DatasetLessonOptions());
        template = PromptTemplate.Find(policy.Encoder.Options.Template);
        byImage = samples.ToLookup(s => (s.Task, s.Images[^1]));
        var groups = samples.GroupBy(s => s.Task).OrderBy(g => g.Key).ToArray();
        foreach (var (task, weight) in this.options.TaskWeights)
            if (weight is not (>= 0 and < double.PositiveInfinity) || groups.All(g => g.Key != task))
                throw new GeoVlmException(
                    $"the weight {weight} of {EoTaskNames.Of(task)} cannot be used: weights are 0 or more, and the samples are of {string.Join(", ", groups.Select(g => EoTaskNames.Of(g.Key)))}"
                );
        double Weight(IGrouping<EoTask, Sample> g) =>
            this.options.TaskWeights.Count == 0 ? g.Count() : this.options.TaskWeights.GetValueOrDefault(g.Key);
        double total = groups.Sum(Weight);
        if (total == 0)
            throw new GeoVlmException("all task weights are 0, so there is nothing to learn from");
        tasks = [.. groups.Select(g => (g.Key, Weight(g) / total, g.ToArray())).Where(t => t.Item2 > 0)];
    }

    /// <summary>Images that could not be read, each with its reason; other samples were drawn instead.</summary>
    public IReadOnlyDictionary<string, string> Problems => problems;

    /// <summary>The rows of a step, image by image.</summary>
    /// <param name="step">The step; each has rows of its own.</param>
    /// <exception cref="GeoVlmException">No image of many drawn could be read.</exception>
    public Func<int, SftRow> Rows(int step) =>
        image =>
        {
            var row = Row(Drawing(step, image));
            // The picture that the same place of the next step draws is decoded while the model learns from this one.
            ahead.Start([Draw(Drawing(step + 1, image))]);
            return row;
        };

    private SeededRandom Drawing(int step, int image) => new(Seed.Derive(options.Seed, "dataset lesson", step, image));

    private SftRow Row(SeededRandom random)
    {
        for (int attempt = 0; ; attempt++)
        {
            var first = Draw(random);
            try
            {
                return Row(first, random);
            }
            catch (GeoVlmException e) when (attempt < Redraws)
            {
                lock (problems)
                    problems.TryAdd(first.Id, e.Message);
            }
        }
    }

    private Sample Draw(SeededRandom random)
    {
        double at = random.NextDouble();
        foreach (var (_, share, samples) in tasks)
        {
            if (at < share)
                return random.Pick(samples);
            at -= share;
        }
        return random.Pick(tasks[^1].Samples);
    }

    private SftRow Row(Sample first, SeededRandom random)
    {
        var prefix = policy.Encoder.EncodeVisualPrefix([.. first.Images.Select(i => i.Load())]);
        List<Sample> others =
        [
            .. byImage[(first.Task, first.Images[^1])].Where(s => s.Id != first.Id && s.Images.SequenceEqual(first.Images)),
        ];
        random.Shuffle(others);
        var branches = new List<Branch>();
        int tokens = 0;
        foreach (var sample in (IEnumerable<Sample>)[first, .. others])
        {
            var branch = policy.Encoder.QuestionAndAnswer(template.Word(sample), Answer(sample, random, prefix));
            if (branches.Count > 0 && tokens + branch.TokenIds.Length > options.TokensPerImage)
                break;
            branches.Add(branch);
            tokens += branch.TokenIds.Length;
        }
        return new SftRow(new PackedRow(prefix, branches), []);
    }

    private static string Answer(Sample sample, SeededRandom random, EncodedPrompt prefix)
    {
        Answer answer = sample.OtherReferences.Count == 0 ? sample.Reference : random.Pick([sample.Reference, .. sample.OtherReferences]);
        return ResponseFormat.Wrap(
            sample.Reasoning,
            AnswerText.Write(answer is BoxesAnswer boxes ? boxes.In(sample.Frame) : answer, prefix.Frame)
        );
    }
}

/// <summary>How lessons are drawn from a dataset.</summary>
public sealed record DatasetLessonOptions
{
    /// <summary>Weight of each task in the draw; empty draws every sample alike.</summary>
    public IReadOnlyDictionary<EoTask, double> TaskWeights { get; init; } = new Dictionary<EoTask, double>();

    /// <summary>Most tokens of the questions and answers packed behind one image; a single question may be longer.</summary>
    public int TokensPerImage { get; init; } = 512;

    /// <summary>Seed of the draw.</summary>
    public ulong Seed { get; init; } = 1;
}
