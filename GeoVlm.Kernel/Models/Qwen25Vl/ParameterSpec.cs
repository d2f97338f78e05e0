namespace GeoVlm.Models.Qwen25Vl;

/// <summary>How a parameter of a new model starts.</summary>
internal enum Start
{
    Zero,
    One,
    Embedding, // normal, deviation 0.02
    Linear, // normal, deviation fan_in^-0.5
    Residual, // normal, deviation 0.5 fan_in^-0.5: it writes into the residual stream
}

/// <summary>One parameter of the architecture: the only place where names and shapes are listed.</summary>
/// <param name="Name">Its name in Hugging Face checkpoints.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Start">How it starts in a new model.</param>
internal sealed record ParameterSpec(string Name, long[] Shape, Start Start)
{
    /// <summary>Every parameter of a model, vision tower first; a tied head is not listed.</summary>
    public static IReadOnlyList<ParameterSpec> All(Qwen25VlConfig config)
    {
        List<ParameterSpec> specs = [];
        void Norm(string name, int size) => specs.Add(new($"{name}.weight", [size], Start.One));
        void Linear(string name, int output, int input, bool bias, Start start = Start.Linear)
        {
            specs.Add(new($"{name}.weight", [output, input], start));
            if (bias)
                specs.Add(new($"{name}.bias", [output], Start.Zero));
        }

        VisionConfig v = config.Vision;
        void VisionNorm(string name)
        {
            Norm(name, v.HiddenSize);
            if (v.IsQwen2)
                specs.Add(new($"{name}.bias", [v.HiddenSize], Start.Zero));
        }

        specs.Add(
            new("visual.patch_embed.proj.weight", [v.HiddenSize, v.InChannels, v.TemporalPatchSize, v.PatchSize, v.PatchSize], Start.Linear)
        );
        for (int i = 0; i < v.Depth; i++)
        {
            string block = $"visual.blocks.{i}";
            VisionNorm($"{block}.norm1");
            VisionNorm($"{block}.norm2");
            Linear($"{block}.attn.qkv", 3 * v.HiddenSize, v.HiddenSize, bias: true);
            Linear($"{block}.attn.proj", v.HiddenSize, v.HiddenSize, bias: true, Start.Residual);
            foreach (string entry in v.IsQwen2 ? (string[])["fc1"] : ["gate_proj", "up_proj"])
                Linear($"{block}.mlp.{entry}", v.IntermediateSize, v.HiddenSize, bias: true);
            Linear($"{block}.mlp.{(v.IsQwen2 ? "fc2" : "down_proj")}", v.HiddenSize, v.IntermediateSize, bias: true, Start.Residual);
        }
        int merged = v.HiddenSize * v.MergeSize * v.MergeSize;
        VisionNorm("visual.merger.ln_q");
        Linear("visual.merger.mlp.0", merged, merged, bias: true);
        Linear("visual.merger.mlp.2", v.OutHiddenSize, merged, bias: true);

        TextConfig t = config.Text;
        specs.Add(new("model.embed_tokens.weight", [t.VocabularySize, t.HiddenSize], Start.Embedding));
        for (int i = 0; i < t.Layers; i++)
        {
            string layer = $"model.layers.{i}";
            Norm($"{layer}.input_layernorm", t.HiddenSize);
            Norm($"{layer}.post_attention_layernorm", t.HiddenSize);
            Linear($"{layer}.self_attn.q_proj", t.HiddenSize, t.HiddenSize, bias: true);
            Linear($"{layer}.self_attn.k_proj", t.KeyValueHeads * t.HeadSize, t.HiddenSize, bias: true);
            Linear($"{layer}.self_attn.v_proj", t.KeyValueHeads * t.HeadSize, t.HiddenSize, bias: true);
            Linear($"{layer}.self_attn.o_proj", t.HiddenSize, t.HiddenSize, bias: false, Start.Residual);
            Linear($"{layer}.mlp.gate_proj", t.IntermediateSize, t.HiddenSize, bias: false);
            Linear($"{layer}.mlp.up_proj", t.IntermediateSize, t.HiddenSize, bias: false);
            Linear($"{layer}.mlp.down_proj", t.HiddenSize, t.IntermediateSize, bias: false, Start.Residual);
        }
        Norm("model.norm", t.HiddenSize);
        if (!t.TieWordEmbeddings)
            specs.Add(new("lm_head.weight", [t.VocabularySize, t.HiddenSize], Start.Embedding));
        return specs;
    }
}
