using System.Text.Json.Nodes;
using GeoVlm.Models;
using GeoVlm.Models.Qwen25Vl;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Tests.Models.Qwen25Vl;

/// <summary>Both reference models, forward and with a cache, against transformers 5.12.</summary>
public class ForwardGoldenTests
{
    /// <summary>The reference's cases: name, and the images in the order of their placeholders.</summary>
    private static readonly (string Name, string[] Images)[] Cases =
    [
        ("text", []),
        ("img1", ["a"]),
        ("img2", ["a", "c"]),
        ("batch", ["c", "b", "a"]),
        ("textbatch", []),
    ];

    public static TheoryData<string, string> Models => new() { { "tiny_untied_fp32", "fwd_a" }, { "tiny_tied_bf16", "fwd_b_fp32" } };

    [Theory, MemberData(nameof(Models))]
    public void Vision_tower_equals_the_reference(string model, string golden)
    {
        using VisionLanguageModel policy = VisionLanguageModel.Load(Golden.Folder(model), CPU);
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        foreach (string images in (string[])["a", "b", "c", "abc"])
        {
            (Tensor pixels, VisualGrid[] grids) = Golden.Visuals([.. images.Select(c => c.ToString())]);
            Golden.Close(
                Golden.Tensor($"{golden}/vision.safetensors", $"{images}.merged"),
                policy.EncodeVisual(pixels, grids),
                5e-5,
                1e-5,
                images
            );
            long offset = 0;
            List<long> windows = [];
            foreach (VisualGrid grid in grids)
            {
                windows.AddRange(
                    FrameLayout.WindowsOf(policy.Config.Vision, grid.Height, grid.Width).SelectMany(w => w.Select(t => t + offset))
                );
                offset += grid.Tokens();
            }
            Assert.Equal(Golden.Tensor($"{golden}/vision.safetensors", $"{images}.window_index").data<long>().ToArray(), windows);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Logits_equal_the_reference(string model, string golden)
    {
        using VisionLanguageModel policy = VisionLanguageModel.Load(Golden.Folder(model), CPU);
        using DisposeScope scope = NewDisposeScope();
        using var off = no_grad();
        foreach ((string name, string[] images) in Cases)
        {
            Prompts prompts = Prompts.Read(policy, golden, name, images);
            Tensor causal = ones(prompts.Length, prompts.Length, dtype: ScalarType.Bool).tril();
            Tensor mask = causal
                .logical_and(prompts.Attended.unsqueeze(1).unsqueeze(1))
                .logical_or(eye(prompts.Length, dtype: ScalarType.Bool));
            Tensor logits = policy.Logits(policy.Decode(prompts.Embeddings, prompts.Positions, mask));
            Tensor padding = prompts.Attended.unsqueeze(2);
            Golden.Close(Golden.Tensor($"{golden}/prefill.safetensors", $"{name}.logits"), logits * padding, 2e-4, 1e-5, name);
        }
    }

    [Theory, MemberData(nameof(Models))]
    public void Greedy_decoding_with_a_cache_equals_the_reference(string model, string golden)
    {
        using VisionLanguageModel policy = VisionLanguageModel.Load(Golden.Folder(model), CPU);
        JsonNode generate = Golden.Json($"{golden}/generate.json");
        using var off = no_grad();
        foreach ((string name, string[] images) in Cases)
        {
            using DisposeScope scope = NewDisposeScope();
            Prompts prompts = Prompts.Read(policy, golden, name, images);
            long[][] expected =
            [
                .. generate[name]!["greedy"]!.AsArray().Select(r => r!.AsArray().Select(i => i!.GetValue<long>()).ToArray()),
            ];
            int steps = expected[0].Length;
            using KeyValueCache cache = new(policy.Config, expected.Length, prompts.Length + steps, CPU);
            Tensor eye = torch.eye(prompts.Length, dtype: ScalarType.Bool);
            Tensor mask = ones(prompts.Length, prompts.Length, dtype: ScalarType.Bool)
                .tril()
                .logical_and(prompts.Attended.unsqueeze(1).unsqueeze(1))
                .logical_or(eye);
            Tensor hidden = policy.Decode(prompts.Embeddings, prompts.Positions, mask, cache).narrow(1, prompts.Length - 1, 1);
            Tensor valid = prompts.Attended;
            Tensor firstLogits = Golden.Tensor($"{golden}/decode_logits_{name}.safetensors", "logits_first8");
            for (int step = 0; step < steps; step++)
            {
                Tensor logits = policy.Logits(hidden);
                if (step < 8)
                    Golden.Close(firstLogits.narrow(1, step, 1), logits, 2e-4, 1e-5, $"{name}, step {step}");
                Tensor ids = logits.argmax(-1);
                Assert.Equal(expected.Select(r => r[step]), ids.data<long>().ToArray());
                valid = cat([valid, ones(valid.size(0), 1, dtype: ScalarType.Bool)], 1);
                Tensor positions = (prompts.Next + step).reshape(1, -1, 1).expand(3, -1, 1);
                hidden = policy.Decode(policy.Embed(ids), positions, valid.unsqueeze(1).unsqueeze(1), cache);
            }
        }
    }

    /// <summary>A left-padded batch of the reference, with visual tokens in place and positions from <see cref="RopeIndex"/>.</summary>
    private sealed record Prompts(Tensor Embeddings, Tensor Attended, Tensor Positions, Tensor Next)
    {
        public long Length => Embeddings.size(1);

        public static Prompts Read(VisionLanguageModel policy, string golden, string name, string[] images)
        {
            string file = $"{golden}/rope_index.safetensors";
            Tensor ids = Golden.Tensor(file, $"{name}.input_ids"),
                attended = Golden.Tensor(file, $"{name}.attention_mask").@bool();
            Tensor embeddings = policy.Embed(ids);
            Queue<VisualGrid> grids = new();
            if (images.Length > 0)
            {
                (Tensor pixels, VisualGrid[] all) = Golden.Visuals(images);
                grids = new(all);
                Tensor places = ids.eq(policy.Config.Tokens.Image).unsqueeze(2);
                embeddings = embeddings.masked_scatter(places, policy.EncodeVisual(pixels, all));
            }
            long rows = ids.size(0),
                length = ids.size(1);
            Tensor positions = zeros([3, rows, length], dtype: ScalarType.Int64),
                next = zeros([rows], dtype: ScalarType.Int64);
            for (long row = 0; row < rows; row++)
            {
                long padding = length - attended[row].sum().item<long>();
                int[] tokens = [.. ids[row].narrow(0, padding, length - padding).data<long>().ToArray().Select(i => (int)i)];
                List<VisualGrid> own = [];
                for (int at = 0; at < tokens.Length; at++)
                {
                    if (tokens[at] != policy.Config.Tokens.Image)
                        continue;
                    own.Add(grids.Dequeue());
                    at += own[^1].Tokens() - 1;
                }
                RopePositions rope = RopeIndex.Compute(tokens, own, policy.Config);
                foreach ((long[] axis, int i) in ((long[][])[rope.Time, rope.Height, rope.Width]).Select((a, i) => (a, i)))
                    positions[i, row].narrow(0, padding, axis.Length).copy_(tensor(axis));
                next[row] = rope.Next;
            }
            if (images.Length > 0)
            {
                Tensor expected = Golden.Tensor(file, $"{name}.position_ids");
                Assert.True(positions.eq(expected).logical_or(attended.logical_not()).all().item<bool>(), $"{name}: positions");
                Assert.Equal(
                    Golden.Tensor(file, $"{name}.rope_deltas").data<long>().ToArray(),
                    (next - attended.sum(1)).data<long>().ToArray()
                );
            }
            return new(embeddings, attended, positions, next);
        }
    }
}
