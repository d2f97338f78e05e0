using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using GeoVlm.Learning;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Memory;
using GeoVlm.Workbench.Commands;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>model plan</c>: what a GRPO training would take, from the model's config.json alone.</summary>
internal static class ModelPlanCommand
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create(IAnsiConsole console)
    {
        MemoryRequest usual = new();
        Argument<string> modelArgument = new("model")
        {
            Description =
                $"A folder with a config.json, '{ModelFolder.Tiny}', or one of {string.Join(", ", ModelShape.Published.Select(s => s.Name))}.",
        };
        Option<int> Number(string name, string description, int value) =>
            new(name) { Description = description, DefaultValueFactory = _ => value };
        Option<int> prompts = Number("--prompts", "Prompts per step.", usual.Prompts),
            group = Number("--group", "Completions per prompt.", usual.Group),
            prompt = Number("--prompt", "Tokens of a prompt besides its pictures'.", usual.PromptTokens),
            newTokens = Number("--new-tokens", "Most tokens of a completion.", usual.NewTokens),
            images = Number("--images", "Pictures per prompt.", usual.Images);
        Option<int?> microBatch = new("--micro-batch") { Description = "Prompts per forward and backward pass; all when left out." };
        Option<string> image = new("--image")
        {
            Description = "Size of a picture before it is resized.",
            HelpName = "WxH",
            DefaultValueFactory = _ => $"{usual.ImageWidth}x{usual.ImageHeight}",
        };
        Option<string?> lora = new("--lora") { Description = "Train an adapter of this rank, or r=16,targets=q_proj+v_proj,vision." };
        Option<string> train = new("--train")
        {
            Description = "Parts that are trained, joined by +: language, merger, vision; or all.",
            DefaultValueFactory = _ => "all",
        };
        Option<double> beta = new("--beta")
        {
            Description = "Weight of the KL penalty; 0 needs no reference policy.",
            DefaultValueFactory = _ => 0.04,
        };
        Option<bool> checkpointing = new("--checkpointing") { Description = "Compute layers again in the backward pass." };
        Option<string> type = new("--dtype")
        {
            Description = "Type of weights and activations: float32 (fp32) or bfloat16 (bf16); the optimizer is float32 in either case.",
            DefaultValueFactory = _ => "float32",
        };
        Option<bool> onGpu = new("--gpu")
        {
            Description = "Plan for a GPU: no attention scores are held, and its allocator leaves no gaps.",
        };
        Option<double?> budget = new("--budget-gb") { Description = "Memory there is, in GB (10^9 bytes); this machine's when left out." };
        Option<bool> measure = new("--measure") { Description = "Also run two steps with random weights of this shape, and measure." };
        Option<bool> asJson = new("--json") { Description = "Print JSON alone." };
        Command command = new(
            "plan",
            "What a training would take: weights, gradients, optimizer, activations, KV cache; nothing is loaded."
        )
        {
            modelArgument,
            prompts,
            group,
            microBatch,
            prompt,
            newTokens,
            images,
            image,
            lora,
            train,
            beta,
            checkpointing,
            type,
            onGpu,
            budget,
            measure,
            asJson,
        };
        command.SetAction(parsed =>
        {
            var shape = ModelShape.Find(parsed.GetRequiredValue(modelArgument), Environment.CurrentDirectory);
            var (width, height) = MemoryPlanText.Size(parsed.GetRequiredValue(image));
            MemoryRequest request = new()
            {
                Prompts = parsed.GetValue(prompts),
                Group = parsed.GetValue(group),
                MicroBatch = parsed.GetValue(microBatch),
                PromptTokens = parsed.GetValue(prompt),
                NewTokens = parsed.GetValue(newTokens),
                Images = parsed.GetValue(images),
                ImageWidth = width,
                ImageHeight = height,
                Lora = parsed.GetValue(lora) is { } options ? LoraConfig.Parse(options) : null,
                Train = TrainedPartsNames.Parse(parsed.GetRequiredValue(train)),
                Reference = parsed.GetValue(beta) > 0,
                Checkpointing = parsed.GetValue(checkpointing),
                Type = NumberTypeNames.Parse(parsed.GetRequiredValue(type)),
                OnGpu = parsed.GetValue(onGpu),
            };
            request.Validate();
            long? measured = null;
            if (parsed.GetValue(measure))
            {
                using CancellationTokenSource interrupt = new();
                using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(
                    PosixSignal.SIGINT,
                    signal =>
                    {
                        signal.Cancel = !interrupt.IsCancellationRequested;
                        interrupt.Cancel();
                    }
                );
                (measured, request) = MemoryTrial.Run(shape, request, Environment.CurrentDirectory, interrupt.Token);
            }
            var plan = MemoryPlan.Of(shape.Config, shape.Preprocessor, request);
            long bytes = parsed.GetValue(budget) is { } gigabytes ? (long)(gigabytes * 1e9) : MemoryPlanText.Available;
            var advice = plan.PeakBytes <= bytes ? [] : plan.Advice(shape.Config, shape.Preprocessor, bytes);
            if (parsed.GetValue(asJson))
            {
                console.Profile.Out.Writer.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            model = shape.Name,
                            plan.Parameters,
                            plan.TrainedParameters,
                            prompt_tokens = plan.Tokens,
                            plan.Items,
                            plan.PeakBytes,
                            plan.PeakWhen,
                            budget_bytes = bytes,
                            fits = plan.PeakBytes <= bytes,
                            advice = advice.Select(a => new { a.Change, a.PeakBytes }),
                            measured_bytes = measured,
                        },
                        json
                    )
                );
                return ExitCode.Success;
            }
            console.WriteLine(
                $"{shape.Name}: {plan.Parameters:N0} parameters, {plan.TrainedParameters:N0} of them trained; a prompt has {plan.Tokens} tokens"
            );
            foreach (string[] row in MemoryPlanText.Rows(plan))
                console.WriteLine($"  {row[0], -20} {row[1], 12}  {row[2], -8}  {row[3]}");
            foreach (string line in MemoryPlanText.Verdict(plan, bytes, advice))
                console.WriteLine(line);
            if (measured is { } taken)
                console.WriteLine($"measured: {MemoryPlanText.Gigabytes(taken)}; the plan is {plan.PeakBytes / (double)taken:0.00} of it");
            return ExitCode.Success; // that something does not fit is what was asked, not a fault
        });
        return command;
    }
}
