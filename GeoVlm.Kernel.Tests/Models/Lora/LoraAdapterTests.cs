using System.Text.Json.Nodes;
using GeoVlm.Models;
using GeoVlm.Models.Lora;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Lora;

public sealed class LoraAdapterTests
{
    private static readonly string[] GoldenAdapters = ["lora_all7_list", "lora_attn", "lora_lang_regex_rslora", "lora_merger_bias"];

    [Fact]
    public void A_fresh_adapter_changes_nothing_and_is_all_that_is_trained()
    {
        using var model = VisionLanguageModelTests.Create(1);
        float[] before = Logits(model);
        var adapter = model.AddAdapter(new LoraConfig { Rank = 2 });
        Assert.Equal(before, Logits(model));
        Assert.Equal(2 * 7, adapter.Modules.Count); // seven layers each, none of them in the vision tower
        Assert.All(adapter.Modules, m => Assert.StartsWith("model.language_model.layers.", m));
        Assert.Equal(adapter.Parameters.Select(p => p.Name), model.Train(TrainedParts.All).Select(p => p.Name));
        Assert.All(model.Parameters, p => Assert.False(p.Tensor.requires_grad));
    }

    [Fact]
    public void Switched_off_it_leaves_the_reference_policy_and_merged_it_computes_the_same()
    {
        using var model = VisionLanguageModelTests.Create(2);
        float[] plain = Logits(model);
        byte[] weights = Bytes(model);
        var adapter = Shaken(model);
        float[] adapted = Logits(model);
        Assert.True(Distance(plain, adapted) > 1e-2);
        using (LoraAdapter.Off())
            Assert.Equal(plain, Logits(model));
        adapter.Merge();
        Assert.True(Distance(adapted, Logits(model)) < 1e-5);
        adapter.Unmerge();
        Assert.Equal(weights, Bytes(model));
        Assert.Equal(adapted, Logits(model));
        using var copy = model.Clone(frozen: true);
        model.DropAdapter();
        Assert.Equal(plain, Logits(model));
        Assert.Equal(adapted, Logits(copy));
    }

    [Fact]
    public void What_is_saved_is_loaded_bit_for_bit()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        using var model = VisionLanguageModelTests.Create(3);
        var config = new LoraConfig
        {
            Rank = 3,
            Alpha = 7.5,
            RankStabilized = true,
            TrainBiases = true,
            Targets = LoraTargets.Ends(["q_proj", "attn.qkv", "mlp.0"]),
        };
        var adapter = Shaken(model, config);
        adapter.Save(folder, "some/base");
        float[] adapted = Logits(model);
        model.DropAdapter();
        var loaded = model.LoadAdapter(folder);
        Assert.Equal(config.Describe(), loaded.Config.Describe());
        Assert.Equal(adapted, Logits(model));
        Assert.Contains("base_model.model.model.visual.blocks.0.attn.qkv.lora_A.weight", loaded.Parameters.Select(p => p.Name));
    }

    [Fact]
    public void PEFTs_adapters_are_written_as_PEFT_wrote_them()
    {
        using var model = VisionLanguageModel.Load(SharedFolder.Require("goldens/tiny_untied_fp32"));
        foreach (string name in GoldenAdapters)
        {
            string golden = SharedFolder.Require($"goldens/lora/{name}"),
                folder = Directory.CreateTempSubdirectory().FullName;
            model.LoadAdapter(golden).Save(folder, "tiny_untied_fp32");
            using (var theirs = SafetensorsFile.Open(Path.Combine(golden, LoraAdapter.WeightsFile)))
            using (var ours = SafetensorsFile.Open(Path.Combine(folder, LoraAdapter.WeightsFile)))
                foreach (var (key, entry) in theirs.Entries)
                {
                    using Tensor a = theirs.Read(key),
                        b = ours.Read(key);
                    Assert.True(a.eq(b).all().item<bool>(), $"{name}: {key} {entry.Type}");
                }
            var config = JsonNode.Parse(File.ReadAllText(Path.Combine(golden, "adapter_config.json")))!.AsObject();
            foreach (var (key, value) in JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")))!.AsObject())
                Assert.True(
                    JsonNode.DeepEquals(value, config[key])
                        || double.TryParse(value?.ToString(), out double d) && d == config[key]!.GetValue<double>(),
                    $"{name}: {key} is {value}, PEFT wrote {config[key]}"
                );
            model.DropAdapter();
        }
    }

    [Theory]
    [InlineData("missing", "q_proj.lora_B.weight", "is missing")]
    [InlineData("shape", "q_proj.lora_A.weight", "expected [2, 32]")]
    [InlineData("unexpected", "extra.lora_A.weight", "unexpected")]
    [InlineData("NaN", "q_proj.lora_A.weight", "not finite")]
    [InlineData("dora", "use_dora", "not supported")]
    [InlineData("targets", "no_proj", "no linear layer")]
    public void A_wrong_adapter_is_refused_naming_what_is_wrong(string fault, string where, string what)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        using var model = VisionLanguageModelTests.Create(4);
        var adapter = model.AddAdapter(new LoraConfig { Rank = 2 });
        adapter.Save(folder, "base");
        string path = Path.Combine(folder, "adapter_config.json");
        var tensors = adapter.Parameters.Select(p => (p.Name, Tensor: p.Tensor.detach().clone())).ToList();
        int at = tensors.FindIndex(t => t.Name.EndsWith(where, StringComparison.Ordinal));
        switch (fault)
        {
            case "missing":
                tensors.RemoveAt(at);
                break;
            case "shape":
                tensors[at] = (tensors[at].Name, ones(2, 31));
                break;
            case "unexpected":
                tensors.Add(("base_model.model." + where, ones(2, 2)));
                break;
            case "NaN":
                tensors[at].Tensor[0, 0] = float.NaN;
                break;
            case "dora":
                File.WriteAllText(
                    path,
                    File.ReadAllText(path).Replace("\"use_dora\": false", "\"use_dora\": true", StringComparison.Ordinal)
                );
                break;
            default:
                File.WriteAllText(
                    path,
                    File.ReadAllText(path)
                        .Replace("q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj", where, StringComparison.Ordinal)
                );
                break;
        }
        SafetensorsWriter.Write(Path.Combine(folder, LoraAdapter.WeightsFile), tensors);
        model.DropAdapter();
        string message = Assert.Throws<GeoVlmException>(() => model.LoadAdapter(folder)).Message;
        Assert.Contains(where, message);
        Assert.Contains(what, message);
        Assert.Null(model.Adapter);
        Assert.Equal(14, model.AddAdapter(new LoraConfig()).Modules.Count); // nothing of the refused one stayed
    }

    [Fact]
    public void Options_are_read_and_wrong_ones_refused()
    {
        var config = LoraConfig.Parse("r=4, alpha=8, targets=q_proj+v_proj, rslora");
        Assert.Equal(4, config.Scaling);
        Assert.True(config.Targets.Match("model.language_model.layers.11.self_attn.v_proj"));
        Assert.False(config.Targets.Match("model.visual.blocks.0.mlp.v_proj"));
        Assert.True(LoraConfig.Parse("targets=mlp.0,vision").Targets.Match("model.visual.merger.mlp.0"));
        Assert.False(LoraConfig.Parse("targets=all-linear").Targets.Match("lm_head"));
        Assert.Contains("rank is 0", Assert.Throws<GeoVlmException>(() => LoraConfig.Parse("r=0")).Message);
        Assert.Contains("ranks=4", Assert.Throws<GeoVlmException>(() => LoraConfig.Parse("ranks=4")).Message);
    }

    private static LoraAdapter Shaken(VisionLanguageModel model, LoraConfig? config = null)
    {
        var adapter = model.AddAdapter(config ?? new LoraConfig { Rank = 2 });
        using var noGrad = no_grad();
        foreach (var (_, parameter) in adapter.Parameters)
            parameter.add_(0.1);
        return adapter;
    }

    private static float[] Logits(VisionLanguageModel model)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor visual = model.EncodeVisual(linspace(-1, 1, 64 * 1176).reshape(64, 1176), [new(1, 8, 8)]).unsqueeze(0);
        return model.Logits(model.Decode(visual, arange(16).expand(3, 1, 16))).data<float>().ToArray();
    }

    private static byte[] Bytes(VisionLanguageModel model) => [.. model.Parameters.SelectMany(p => p.Tensor.detach().bytes.ToArray())];

    private static double Distance(float[] a, float[] b) => a.Zip(b).Max(p => Math.Abs(p.First - p.Second));
}
