using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Weights;
using GeoVlm.Tests.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models;

public class VisionLanguageModelTests
{
    internal static readonly VisualGrid[] Grids = [new(1, 8, 8), new(1, 4, 6), new(1, 8, 8)];

    [Fact]
    public void A_seed_gives_the_same_model_and_another_seed_another()
    {
        using VisionLanguageModel a = Create(1),
            b = Create(1),
            c = Create(2);
        Assert.True(Same(a, b));
        Assert.False(Same(a, c));
        Assert.Equal(a.Parameters.Sum(p => p.Tensor.numel()), a.ParameterCount);
    }

    [Fact]
    public void Save_and_Load_round_trip()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        using VisionLanguageModel saved = Create(1);
        saved.Save(folder);
        using VisionLanguageModel loaded = VisionLanguageModel.Load(folder);
        Assert.True(Same(saved, loaded));
        Assert.Equal(saved.Config.ToJson(), loaded.Config.ToJson());
        Assert.Equal(saved.Preprocessor.ToJson(), loaded.Preprocessor.ToJson());
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("unexpected")]
    [InlineData("misshapen")]
    [InlineData("NaN")]
    public void A_wrong_checkpoint_is_refused_naming_the_tensor(string fault)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        using VisionLanguageModel model = Create(1);
        model.Save(folder);
        const string name = "model.layers.1.self_attn.k_proj.weight";
        List<(string, Tensor)> tensors = [.. model.Parameters.Where(p => p.Name != name).Select(p => (p.Name, (Tensor)p.Tensor))];
        using Tensor original = model.Parameters.Single(p => p.Name == name).Tensor.detach();
        using Tensor broken = fault == "NaN" ? original / 0 * 0 : original.t();
        if (fault == "unexpected")
            tensors.AddRange([(name, original), (name + "_extra", broken)]);
        else if (fault != "missing")
            tensors.Add((name, broken.contiguous().reshape(fault == "NaN" ? [16, 32] : [32, 16])));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        Assert.Contains(name, Assert.Throws<GeoVlmException>(() => VisionLanguageModel.Load(folder)).Message);
    }

    [Fact]
    public void Cached_decoding_equals_the_full_forward_also_after_rows_come_and_go_and_columns_move()
    {
        using VisionLanguageModel model = Create(3);
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor ids = randint(0, 90, [4, 9], dtype: ScalarType.Int64);
        ids.narrow(1, 0, 5).copy_(ids.narrow(0, 0, 1).narrow(1, 0, 5).expand(4, 5)); // one prompt, four completions
        Tensor positions = arange(9).expand(3, 1, 9);
        Tensor full = model.Decode(model.Embed(ids), positions);

        using KeyValueCache prompt = new(model.Config, 1, 5, model.Device),
            cache = new(model.Config, 4, 12, model.Device);
        model.Decode(model.Embed(ids.narrow(0, 0, 1).narrow(1, 0, 5)), positions.narrow(2, 0, 5), cache: prompt);
        cache.StartAt(7); // two columns that no row needs
        for (int row = 0; row < 4; row++)
            cache.TakePrompt(prompt, 0, 5, row);
        cache.Start = 2;
        Tensor two = model.Decode(model.Embed(ids.narrow(1, 5, 2)), positions.narrow(2, 5, 2), cache: cache); // several tokens at once
        Golden.Close(full.narrow(1, 5, 2), two, 1e-5, 1e-5, "two tokens");
        cache.MoveRow(3, 0);
        cache.Rows = 2;
        cache.DropColumns(2);
        Tensor kept = tensor((long[])[3, 1]);
        for (int t = 7; t < 9; t++)
            Golden.Close(
                full.index_select(0, kept).narrow(1, t, 1),
                model.Decode(model.Embed(ids.index_select(0, kept).narrow(1, t, 1)), positions.narrow(2, t, 1), cache: cache),
                1e-5,
                1e-5,
                $"token {t}"
            );
    }

    [Fact]
    public void Visuals_of_several_sizes_come_out_in_order()
    {
        using VisionLanguageModel model = Create(4);
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        Tensor pixels = randn(64 + 24 + 64, 1176);
        Tensor together = model.EncodeVisual(pixels, Grids);
        Tensor apart = cat([
            model.EncodeVisual(pixels.narrow(0, 0, 64), [Grids[0]]),
            model.EncodeVisual(pixels.narrow(0, 64, 24), [Grids[1]]),
            model.EncodeVisual(pixels.narrow(0, 88, 64), [Grids[2]]),
        ]);
        Golden.Close(apart, together, 1e-5, 1e-5, "visuals");
    }

    [Fact]
    public void A_clone_shares_nothing()
    {
        using VisionLanguageModel model = Create(5);
        using VisionLanguageModel frozen = model.Clone(frozen: true);
        Assert.All(frozen.Parameters, p => Assert.False(p.Tensor.requires_grad));
        using (no_grad())
            model.Parameters[0].Tensor.add_(1);
        Assert.False(Same(model, frozen));
    }

    [Fact]
    public void Tables_made_in_inference_mode_serve_training()
    {
        using VisionLanguageModel model = Create(6);
        using DisposeScope scope = NewDisposeScope();
        using (inference_mode())
            model.EncodeVisual(randn(64, 1176), [Grids[0]]);
        model.EncodeVisual(randn(64, 1176), [Grids[0]]).sum().backward();
    }

    internal static VisionLanguageModel Create(ulong seed) =>
        VisionLanguageModel.Create(TinyModel.Config, new ImagePreprocessor { MaxPixels = 112 * 112 }, seed);

    private static bool Same(VisionLanguageModel a, VisionLanguageModel b) =>
        a.Parameters.Zip(b.Parameters).All(p => p.First.Name == p.Second.Name && p.First.Tensor.eq(p.Second.Tensor).all().item<bool>());
}
