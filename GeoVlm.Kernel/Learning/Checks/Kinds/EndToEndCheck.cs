using System.Text.Json.Nodes;
using GeoVlm.Learning.Advantages;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary>
/// <c>e2e</c>: an adapter's weights before the first step and given completions with rewards to <c>advantages</c>, <c>logps</c> (before the
/// updates, and without the adapter), <c>loss</c> and <c>grad_norm</c> of every step, and the weights after some: <c>step1</c>,
/// <c>step4</c>.
/// </summary>
/// <remarks>The tensors' names say how many rollouts there are (<c>roll0.</c>, <c>roll1.</c>); the steps are shared out among them
/// evenly.</remarks>
internal sealed class EndToEndCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "e2e";

    /// <inheritdoc/>
    public bool NeedsEveryDigit => true;

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        JsonNode files = @case.Required("files");
        string tensors = files["tensors"]!.GetValue<string>();
        JsonObject script =
            context.Reader.Json($"{files["settings"]!.GetValue<string>()}#") as JsonObject
            ?? throw new GeoVlmException($"checks.json: the settings of '{@case.Name}' are no JSON object.");
        JsonArray steps =
            script["steps"] as JsonArray ?? throw new GeoVlmException($"checks.json: the settings of '{@case.Name}' have no list 'steps'.");
        int rollouts = context
            .Reader.Names(tensors)
            .Where(n => n.StartsWith("roll", StringComparison.Ordinal))
            .Select(n => n.Split('.')[0])
            .Distinct()
            .Count();
        var model = context.Model(@case);
        LoraAdapter adapter = model.LoadAdapter(context.Reader.Path(@case.Required("adapter").GetValue<string>()));
        try
        {
            var parameters = model.Train(TrainedParts.All);
            using (no_grad())
                foreach (var (name, parameter) in parameters)
                    parameter.copy_(context.Reader.Tensor($"{tensors}#step0.{name}"));
            double[] betas = context.Reader.Value(script["betas"]).Numbers;
            double Setting(string name, double otherwise) => script[name]?.GetValue<double>() ?? otherwise;
            using var optimizer = new AdamW(
                parameters.Select(p => (p.Name, (Tensor)p.Tensor)),
                new AdamWOptions(Setting("weight_decay", 0), betas[0], betas[1], Setting("eps", 1e-8)) { DecaysVectors = true }
            );
            int step = 0;
            for (int r = 0; r < rollouts; r++)
            {
                Rollout rollout = new(@case, context, $"{tensors}#roll{r}.", script);
                foreach (Quantity quantity in rollout.Compare($"roll{r}"))
                    yield return quantity;
                for (int last = steps.Count * (r + 1) / rollouts; step < last; )
                {
                    optimizer.ZeroGradients();
                    using Tensor loss = rollout.Loss();
                    loss.backward();
                    double norm = optimizer.Step(Setting("lr", 0), Setting("clip", double.PositiveInfinity));
                    JsonNode want = steps[step++]!;
                    string part = $"step {step}";
                    yield return Quantity.Of("loss", loss, context.Reader.Value(want["loss"])) with
                    {
                        Part = part,
                    };
                    yield return new Quantity("grad_norm", CheckValue.Of(norm), context.Reader.Value(want["grad_norm"]), Part: part);
                    foreach (var (name, parameter) in parameters.Where(p => context.Reader.Names(tensors).Contains($"step{step}.{p.Name}")))
                        yield return Quantity.Of($"step{step}", parameter, context.Reader.Value($"{tensors}#step{step}.{name}")) with
                        {
                            Part = name,
                        };
                }
            }
        }
        finally
        {
            model.DropAdapter();
        }
    }

    /// <summary>Completions of one batch, with what the policy thought of them before it was updated on them.</summary>
    private sealed class Rollout
    {
        private readonly CheckCase @case;
        private readonly CheckContext context;
        private readonly Tensor mask_BT,
            old_BT,
            reference_BT,
            advantages_B;

        public Rollout(CheckCase check, CheckContext context, string prefix, JsonObject settings)
        {
            string[] names =
            [
                "prompt_ids",
                "prompt_mask",
                "completion_ids",
                "completion_mask",
                "num_images",
                "rewards",
                "advantages",
                "old_logps",
                "ref_logps",
            ];
            @case = check.With(
                new JsonObject
                {
                    ["settings"] = settings.DeepClone(),
                    ["inputs"] = new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)(prefix + n)))),
                }
            );
            this.context = context;
            mask_BT = Input("completion_mask");
            using var noGrad = no_grad();
            old_BT = LogProbs();
            using (LoraAdapter.Off())
                reference_BT = LogProbs();
            double[] rewards = CheckValue.Of(Input("rewards")).Numbers;
            string scale = @case.Setting("scale_rewards")?.GetValue<string>() ?? "group";
            var advantages = AdvantageCatalogue.Find(scale == "none" ? "mean" : scale).Of(RewardTable.Of([rewards], [1], GroupSize()));
            advantages_B = tensor(advantages.Select(a => (float)a).ToArray()).to(mask_BT.device);
        }

        public IEnumerable<Quantity> Compare(string part)
        {
            Tensor counts = mask_BT.@bool();
            yield return Quantity.Of("advantages", advantages_B, CheckValue.Of(Input("advantages"))) with
            {
                Part = part,
            };
            yield return Quantity.Of("logps", old_BT, CheckValue.Of(Input("old_logps")), counts) with
            {
                Part = $"{part} old",
            };
            yield return Quantity.Of("logps", reference_BT, CheckValue.Of(Input("ref_logps")), counts) with
            {
                Part = $"{part} ref",
            };
        }

        public Tensor Loss()
        {
            Tensor logProbs_BT = LogProbs();
            var tokens = GrpoLossesCheck.Tokens(@case, logProbs_BT, old_BT, advantages_B, mask_BT);
            return GrpoLossesCheck.Loss(
                @case,
                tokens.Reference is null ? tokens : tokens with { Reference = reference_BT.reshape(-1) },
                mask_BT
            );
        }

        private Tensor LogProbs()
        {
            Tensor logits = LogpsCheck.CompletionLogits(@case, context);
            return LogpsCheck.Score(logits, @case.Input("completion_ids").to(logits.device), @case.Setting("temperature", 1)).LogProbs;
        }

        private Tensor Input(string name) => @case.Input(name).to(ScalarType.Float32, context.Model(@case).Device);

        /// <summary>Rows that answer the same prompt about the same images stand side by
        /// side; where nothing says how many, they are counted.</summary>
        private int GroupSize()
        {
            if (@case.Setting("num_generations") is { } given)
                return given.GetValue<int>();
            double[][] ids = Rows("prompt_ids"),
                mask = Rows("prompt_mask");
            int[] images = [.. Rows("num_images").Select(r => (int)r[0])],
                first = [.. images.Select((_, row) => images[..row].Sum())];
            string Key(int row) =>
                string.Join(
                    ' ',
                    [.. ids[row].Zip(mask[row], (id, there) => there == 0 ? -1 : id), .. @case.Images.Skip(first[row]).Take(images[row])]
                );
            return Enumerable.Range(0, images.Length).TakeWhile(row => Key(row) == Key(0)).Count();

            double[][] Rows(string name)
            {
                CheckValue value = CheckValue.Of(@case.Input(name));
                return [.. value.Numbers.Chunk(value.Numbers.Length / (int)value.Shape[0])];
            }
        }
    }
}
