using System.Text;
using GeoVlm.Data;
using GeoVlm.Judging;
using GeoVlm.Learning.Runs;
using GeoVlm.Models.Hub;
using GeoVlm.Models.Weights;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-publish</c>: a model folder as people expect it, with its card.</summary>
public sealed class GeoPublishCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-publish";

    /// <inheritdoc/>
    public string Summary =>
        "write a model folder to share: adapter or weights, config, tokenizer, and a card with data, rewards, metrics and environment; pushed to a hub only when asked";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("--model", "variable with the policy; the latest when left out"),
        new("--out", "folder to write", Default: "published"),
        new("--merged", "write the whole model with its adapter merged", MagicOptionKind.Flag),
        new("--base", "the model that it was made of, as others find it: Qwen/Qwen2.5-VL-3B-Instruct"),
        new("--dataset", "variable with the training samples, for the card"),
        new("--run", "folder of the run, for options and rewards on the card"),
        new("--report", "variable with an evaluation, for metrics and intervals on the card"),
        new(
            "--push",
            "also push the folder to this repository of the Hugging Face Hub, owner/name, as one commit; needs HF_TOKEN (HF_ENDPOINT for another hub). A new repository is private"
        ),
        new("--public", "with --push: a new repository is public", MagicOptionKind.Flag),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-load synthetic --split heldout --count 6 --tasks scene-classification",
        "#!geo-model tiny",
        "#!geo-eval --as before",
        "#!geo-publish --report before --dataset heldout --out published",
    ];

    /// <inheritdoc/>
    public string CSharp => "policy.Save(\"published\");   // the card is written by the command";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var policy = SessionArguments.Policy(arguments, context);
        if (arguments.Flag("--public") && arguments.Text("--push") is null)
            throw new GeoVlmException("--public is about a repository on the Hub: add --push owner/name");
        // a missing token is told before anything is written
        using var hub = arguments.Text("--push") is null ? null : new HubUpload(HubSettings.FromEnvironment());
        bool merged = arguments.Flag("--merged");
        if (merged && policy.Model.Adapter is null)
            throw new GeoVlmException($"{policy.Name} has no adapter to merge; leave --merged out");
        var card = new ModelCard(policy, arguments.Text("--base"), merged)
        {
            Data = arguments.Text("--dataset") is { } dataset ? context.GetVariable<EoDataset>(dataset) : null,
            Run = arguments.Text("--run") is { } run
                ? RunFolder.ReadJson<RunManifest>(Path.GetFullPath(run, context.WorkingFolder), "config.json")
                : null,
            Report = arguments.Text("--report") is { } report ? context.GetVariable<EvaluationReport>(report) : null,
        };
        string folder = Path.GetFullPath(arguments.Required("--out"), context.WorkingFolder);
        if (merged)
            policy.SaveMerged(folder);
        else
            policy.Save(folder);
        AtomicFile.Write(Path.Combine(folder, "README.md"), stream => stream.Write(Encoding.UTF8.GetBytes(card.ToMarkdown())));
        context.Display(
            new Table(
                ["file", "kB"],
                [
                    .. new DirectoryInfo(folder)
                        .GetFiles()
                        .OrderBy(f => f.Name)
                        .Select(f => (IReadOnlyList<object?>)[f.Name, Math.Max(1, f.Length / 1000)]),
                ]
            )
        );
        if (hub is null)
            return;
        string commit = hub.Push(
            folder,
            arguments.Required("--push"),
            arguments.Flag("--public"),
            $"{policy.Name}, from GeoVlm",
            context.Cancellation
        );
        context.Host.Stream(StreamKind.Stdout, $"pushed to {arguments.Required("--push")} {commit}\n");
    }
}
