using GeoVlm.Learning.Runs;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Memory;
using GeoVlm.Models.Native;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-model</c>: a model into a variable.</summary>
public sealed class GeoModelCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-model";

    /// <inheritdoc/>
    public string Summary => "load a policy: the tiny checkpoint, or a folder in Hugging Face layout";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new(
            "model",
            $"\"{ModelFolder.Tiny}\", a folder with config.json, model.safetensors and a tokenizer, or owner/name of the Hugging Face Hub",
            Default: ModelFolder.Tiny
        ),
        SessionArguments.Lora,
        new(
            "--adapter",
            "folder of a PEFT adapter (adapter_config.json, adapter_model.safetensors) to put on the model, or of a run: its latest checkpoint"
        ),
        new(
            "--dtype",
            "what it computes in, and is trained in: float32, or bfloat16 for half the memory (the optimizer stays float32); fp32 and bf16 for short",
            Default: "float32"
        )
        {
            Choices = NumberTypeNames.All,
        },
        new("--device", "where it computes: cpu, cuda or cuda:<number>; GEOVLM_DEVICE, else a GPU where there is one, when left out"),
        new(
            "--deterministic",
            "from now on only algorithms that repeat bit for bit on a GPU too, for the whole session; slower. A CPU repeats as it is",
            MagicOptionKind.Flag
        ),
        new(
            "--download",
            "fetch it from the Hugging Face Hub (HF_ENDPOINT, HF_TOKEN) where neither a folder nor the local cache has it",
            MagicOptionKind.Flag
        ),
        new("--plan", "load nothing: show what a GRPO training of it would take", MagicOptionKind.Flag),
        new("--group", "for --plan: completions per prompt", MagicOptionKind.Integer, Default: "8"),
        new("--prompt", "for --plan: tokens of a prompt besides its picture's", MagicOptionKind.Integer, Default: "128"),
        new("--new-tokens", "for --plan: most tokens of a completion", MagicOptionKind.Integer, Default: "256"),
        new("--image", "for --plan: size of the picture before it is resized", Default: "448x448"),
        new("--budget-gb", "for --plan: memory there is; this machine's when left out", MagicOptionKind.Number),
        SessionArguments.Checkpointing,
        new("--as", "name of the variable", Default: "policy"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-model tiny",
        "#!geo-model tiny --lora r=8,alpha=16 --as second",
        "#!geo-model tiny --dtype bf16 --as half",
        "#!geo-model Qwen/Qwen2.5-VL-3B-Instruct --plan --lora r=16 --budget-gb 24",
    ];

    /// <inheritdoc/>
    public string CSharp => "var policy = Policy.Load(ModelFolder.Find(\"tiny\", Environment.CurrentDirectory));";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        if (arguments.Flag("--plan"))
        {
            Plan(arguments, context);
            return;
        }
        string name = arguments.Required("model");
        if (arguments.Flag("--deterministic"))
            TorchDeterminism.Enable();
        var policy = Policy.LoadOn(
            arguments.Flag("--download") ? Download(name, context) : ModelFolder.Find(name, context.WorkingFolder),
            arguments.Text("--device"),
            NumberTypeNames.Parse(arguments.Required("--dtype"))
        );
        try
        {
            if (arguments.Text("--adapter") is { } folder)
                policy.Model.LoadAdapter(
                    RunFolder.LatestCheckpoint(Path.GetFullPath(folder, context.WorkingFolder))
                        ?? Path.GetFullPath(folder, context.WorkingFolder)
                );
            if (arguments.Text("--lora") is { } lora)
                policy.AddAdapter(LoraConfig.Parse(lora));
        }
        catch
        {
            policy.Dispose();
            throw;
        }
        context.SetVariable(arguments.Required("--as"), policy);
        var (text, vision) = (policy.Model.Config.Text, policy.Model.Config.Vision);
        context.Display(
            new Table(
                ["policy", policy.Name],
                [
                    ["parameters", $"{policy.Model.ParameterCount:N0}"],
                    .. policy.Model.Adapter is { } adapter
                        ?
                        [
                            ["adapter", $"{adapter.ParameterCount:N0} parameters: {adapter.Config.Describe()}"],
                        ]
                        : (string[][])[],
                    [
                        "decoder",
                        $"{text.Layers} layers, hidden size {text.HiddenSize}, {text.Heads} heads sharing {text.KeyValueHeads} key/value heads",
                    ],
                    ["vision tower", $"{vision.Depth} blocks, hidden size {vision.HiddenSize}, {vision.PatchSize} pixel patches"],
                    ["vocabulary", $"{policy.Tokenizer.VocabularySize:N0} tokens"],
                    ["picture", $"at most {policy.Model.Preprocessor.MaxPixels:N0} pixels after resizing"],
                    [
                        "device",
                        $"{policy.DeviceName}, {NumberTypeNames.NameOf(policy.Model.NumberType)}{(TorchDeterminism.Enabled ? ", deterministic" : "")}",
                    ],
                ]
            )
        );
    }

    private static string Download(string name, CommandContext context)
    {
        string told = "";
        return ModelFolder.FindOrDownload(
            name,
            context.WorkingFolder,
            at =>
            {
                string line = $"{at.Index}/{at.Count} {at.File} {(at.Total > 0 ? 10 * at.Done / at.Total * 10 : 0)} %\n";
                if (line != told)
                    context.Host.Stream(StreamKind.Stdout, line);
                told = line;
            },
            context.Cancellation
        );
    }

    private static void Plan(MagicArguments arguments, CommandContext context)
    {
        var shape = ModelShape.Find(arguments.Required("model"), context.WorkingFolder);
        var (width, height) = MemoryPlanText.Size(arguments.Required("--image"));
        var plan = MemoryPlan.Of(
            shape.Config,
            shape.Preprocessor,
            new MemoryRequest
            {
                Group = arguments.Integer("--group")!.Value,
                PromptTokens = arguments.Integer("--prompt")!.Value,
                NewTokens = arguments.Integer("--new-tokens")!.Value,
                ImageWidth = width,
                ImageHeight = height,
                Lora = arguments.Text("--lora") is { } lora ? LoraConfig.Parse(lora) : null,
                Checkpointing = arguments.Flag("--checkpointing"),
                Type = NumberTypeNames.Parse(arguments.Required("--dtype")),
                OnGpu =
                    (arguments.Text("--device") ?? Environment.GetEnvironmentVariable("GEOVLM_DEVICE"))?.StartsWith(
                        "cuda",
                        StringComparison.Ordinal
                    ) == true,
            }
        );
        long budget = arguments.Number("--budget-gb") is { } gigabytes ? (long)(gigabytes * 1e9) : MemoryPlanText.Available;
        context.Display(new Table(["memory", "size", "when", "from"], [.. MemoryPlanText.Rows(plan)]));
        foreach (
            string line in MemoryPlanText.Verdict(
                plan,
                budget,
                plan.PeakBytes <= budget ? [] : plan.Advice(shape.Config, shape.Preprocessor, budget)
            )
        )
            context.Host.Stream(StreamKind.Stdout, line + "\n");
    }
}
