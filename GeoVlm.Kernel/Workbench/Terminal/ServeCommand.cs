using System.CommandLine;
using GeoVlm.Models;
using GeoVlm.Workbench.Serving;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>serve</c>: a model behind OpenAI's chat interface, until interrupted.</summary>
internal static class ServeCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var listening = new ListeningOptions(defaultPort: 8000);
        Option<string> modelOption = new("--model", "-m")
        {
            Description = $"\"{ModelFolder.Tiny}\", or a folder in Hugging Face layout, or a PEFT adapter.",
            DefaultValueFactory = _ => ModelFolder.Tiny,
        };
        Option<string?> nameOption = new("--name") { Description = "What callers name the model; the folder's name when left out." };
        Option<string> typeOption = new("--dtype")
        {
            Description = "What the model computes in: float32 (fp32) or bfloat16 (bf16).",
            DefaultValueFactory = _ => "float32",
        };
        Option<string?> adaptersOption = new("--adapters")
        {
            Description = "Folder whose LoRA adapters may be loaded while it serves (/v1/load_lora_adapter, as vLLM has it).",
            HelpName = "folder",
        };
        Command command = new("serve", "Serve a model by OpenAI's chat interface (/v1/models, /v1/chat/completions). See docs/serving.md.")
        {
            modelOption,
            nameOption,
            adaptersOption,
            typeOption,
        };
        listening.AddTo(command);
        command.SetAction(
            (parsed, interrupt) =>
            {
                WebServiceOptions options = listening.Read(parsed);
                WebFramework.Require();
                return Run(
                    parsed.GetRequiredValue(modelOption),
                    NumberTypeNames.Parse(parsed.GetRequiredValue(typeOption)),
                    parsed.GetValue(nameOption),
                    parsed.GetValue(adaptersOption),
                    options,
                    console,
                    interrupt
                );
            }
        );
        return command;
    }

    // Names types of ASP.NET Core, so it must not be compiled before they can be found.
    private static async Task<int> Run(
        string model,
        NumberType type,
        string? name,
        string? adapters,
        WebServiceOptions options,
        IAnsiConsole console,
        CancellationToken interrupt
    )
    {
        using Policy policy = Policy.Load(ModelFolder.Find(model, Environment.CurrentDirectory), type: type);
        name ??= model == ModelFolder.Tiny ? ModelFolder.Tiny : policy.Name;
        await using ChatService service = ChatService.Start(policy, name, options, adapters);
        console.WriteLine($"{name} on {policy.DeviceName} at {service.Web.Address}v1/chat/completions. Interrupt to stop.");
        await Task.Delay(Timeout.Infinite, interrupt).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ExitCode.Success;
    }
}
