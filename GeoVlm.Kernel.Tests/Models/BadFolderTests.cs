using GeoVlm.Data;
using GeoVlm.Models;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Goldens;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models;

/// <summary>Folders that are wrong in some way: each is refused by a message that
/// names the file, what was found and what was expected.</summary>
public sealed class BadFolderTests
{
    [Theory]
    [InlineData("truncated", "model.safetensors", "truncated")]
    [InlineData("shard", "model.safetensors.index.json", "model-00001-of-00002.safetensors")]
    [InlineData("pickle", "pytorch_model.bin", "safetensors")]
    [InlineData("integers", "model.norm.weight", "I64")]
    [InlineData("two names", "model.language_model.norm.weight", "twice")]
    [InlineData("rope", "config.json", "'yarn', expected 'mrope' or 'default'")]
    [InlineData("window", "config.json", "use_sliding_window is true, expected false")]
    [InlineData("token", "config.json", "image_token_id 9999")]
    [InlineData("block", "config.json", "block 7 of 2")]
    [InlineData("patch", "preprocessor_config.json", "(16, 2, 2), config.json (14, 2, 2)")]
    [InlineData("no json", "config.json", "not readable as JSON")]
    public void A_model_that_cannot_be_right_is_refused(string fault, string file, string what)
    {
        string folder = Directory.CreateTempSubdirectory().FullName,
            weights = Path.Combine(folder, "model.safetensors");
        using (var model = VisionLanguageModelTests.Create(1))
        {
            model.Save(folder);
            List<(string, Tensor)> tensors =
            [
                .. model.Parameters.Where(p => p.Name != "model.norm.weight").Select(p => (p.Name, (Tensor)p.Tensor)),
            ];
            if (fault == "integers")
                SafetensorsWriter.Write(weights, [.. tensors, ("model.norm.weight", ones(32, dtype: ScalarType.Int64))]);
            if (fault == "two names")
                SafetensorsWriter.Write(
                    weights,
                    [.. tensors, ("model.norm.weight", ones(32)), ("model.language_model.norm.weight", ones(32))]
                );
        }
        switch (fault)
        {
            case "truncated":
                File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^10]);
                break;
            case "shard":
                File.WriteAllText(weights + ".index.json", """{"weight_map": {"model.norm.weight": "model-00001-of-00002.safetensors"}}""");
                break;
            case "pickle":
                File.Move(weights, Path.Combine(folder, "pytorch_model.bin"));
                break;
            case "rope":
                Edit("config.json", "\"mrope\"", "\"yarn\"");
                break;
            case "window":
                Edit("config.json", "\"use_sliding_window\": false", "\"use_sliding_window\": true");
                break;
            case "token":
                Edit("config.json", "\"image_token_id\": 90", "\"image_token_id\": 9999");
                break;
            case "block":
                Edit("config.json", "\"fullatt_block_indexes\": [\n      1", "\"fullatt_block_indexes\": [\n      7");
                break;
            case "patch":
                Edit("preprocessor_config.json", "\"patch_size\": 14", "\"patch_size\": 16");
                break;
            case "no json":
                File.WriteAllText(Path.Combine(folder, "config.json"), "{");
                break;
        }
        string message = Assert.Throws<GeoVlmException>(() => VisionLanguageModel.Load(folder)).Message;
        Assert.Contains(file, message);
        Assert.Contains(what, message);

        void Edit(string name, string from, string to)
        {
            string path = Path.Combine(folder, name),
                text = File.ReadAllText(path);
            Assert.Contains(from, text);
            File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_tokenizer_of_another_model_is_refused()
    {
        string folder = CopyOfTiny(),
            path = Path.Combine(folder, "config.json");
        using (var policy = TinyPolicy.Load())
        {
            int image = policy.Model.Config.Tokens.Image;
            File.WriteAllText(
                path,
                File.ReadAllText(path).Replace($"\"image_token_id\": {image}", "\"image_token_id\": 3", StringComparison.Ordinal)
            );
            string message = Assert.Throws<GeoVlmException>(() => Policy.Load(folder)).Message;
            Assert.Contains($"<|image_pad|> is token {image} of the tokenizer and 3 in config.json", message);
        }
    }

    [Fact]
    public void A_prompt_longer_than_the_context_and_a_sliver_of_a_picture_are_refused_naming_what_they_are()
    {
        using var policy = TinyPolicy.Load();
        string message = Assert
            .Throws<GeoVlmException>(() =>
                policy.Encoder.Encode([new RgbImage(112, 112)], string.Concat(Enumerable.Repeat("where is it? ", 2000)))
            )
            .Message;
        Assert.Contains($"the model's context is {policy.Model.Config.Text.MaxPositions}", message);
        Assert.Contains(
            "2000 x 5 pixels",
            Assert.Throws<GeoVlmException>(() => policy.Encoder.Encode([new RgbImage(2000, 5)], "?")).Message
        );
    }

    [Fact]
    public void End_tokens_come_from_the_generation_config()
    {
        string folder = CopyOfTiny(),
            path = Path.Combine(folder, "generation_config.json");
        File.WriteAllText(
            path,
            """{"eos_token_id": [5, 6], "do_sample": true, "temperature": 0.7, "top_p": 0.8, "top_k": 20, "repetition_penalty": 1.05}"""
        );
        using var policy = Policy.Load(folder);
        Assert.All([5, 6, policy.Tokenizer.IdOf("<|im_end|>")], end => Assert.Contains(end, policy.StopTokens));
        Assert.Equal(
            (0.7, 20, 0.8, 1.05),
            (policy.Generation.Temperature, policy.Generation.TopK, policy.Generation.TopP, policy.Generation.RepetitionPenalty)
        );
        File.WriteAllText(path, """{"eos_token_id": 99999999}""");
        Assert.Contains("99999999", Assert.Throws<GeoVlmException>(() => Policy.Load(folder)).Message);
    }

    private static string CopyOfTiny()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        foreach (string file in Directory.EnumerateFiles(ModelFolder.Find(ModelFolder.Tiny, SharedFolder.Repository)))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }
}
