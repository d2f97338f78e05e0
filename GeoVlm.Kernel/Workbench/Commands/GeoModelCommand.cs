using GeoVlm.Models;
using GeoVlm.Models.Lora;
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
        new("model", $"\"{ModelFolder.Tiny}\", or a folder with config.json, model.safetensors and a tokenizer", Default: ModelFolder.Tiny),
        SessionArguments.Lora,
        new("--adapter", "folder of a PEFT adapter (adapter_config.json, adapter_model.safetensors) to put on the model"),
        new("--as", "name of the variable", Default: "policy"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } = ["#!geo-model tiny", "#!geo-model tiny --lora r=8,alpha=16 --as second"];

    /// <inheritdoc/>
    public string CSharp => "var policy = Policy.Load(ModelFolder.Find(\"tiny\", Environment.CurrentDirectory));";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        var policy = Policy.Load(ModelFolder.Find(arguments.Required("model"), context.WorkingFolder));
        try
        {
            if (arguments.Text("--adapter") is { } folder) policy.Model.LoadAdapter(Path.GetFullPath(folder, context.WorkingFolder));
            if (arguments.Text("--lora") is { } lora) policy.AddAdapter(LoraConfig.Parse(lora));
        }
        catch
        {
            policy.Dispose();
            throw;
        }
        context.SetVariable(arguments.Required("--as"), policy);
        var (text, vision) = (policy.Model.Config.Text, policy.Model.Config.Vision);
        context.Display(new Table(["policy", policy.Name],
        [
            ["parameters", $"{policy.Model.ParameterCount:N0}"],
            .. policy.Model.Adapter is { } adapter ? [["adapter", $"{adapter.ParameterCount:N0} parameters: {adapter.Config.Describe()}"]] : (string[][])[],
            ["decoder", $"{text.Layers} layers, hidden size {text.HiddenSize}, {text.Heads} heads sharing {text.KeyValueHeads} key/value heads"],
            ["vision tower", $"{vision.Depth} blocks, hidden size {vision.HiddenSize}, {vision.PatchSize} pixel patches"],
            ["vocabulary", $"{policy.Tokenizer.VocabularySize:N0} tokens"],
            ["picture", $"at most {policy.Model.Preprocessor.MaxPixels:N0} pixels after resizing"],
            ["device", policy.DeviceName],
        ]));
    }
}
