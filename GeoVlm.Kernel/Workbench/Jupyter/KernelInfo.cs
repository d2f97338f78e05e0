using System.Text.Json.Nodes;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>What the kernel says about itself.</summary>
internal static class KernelInfo
{
    public static string Version { get; } = typeof(KernelInfo).Assembly.GetName().Version!.ToString(3);

    /// <summary>The content of a kernel_info_reply.</summary>
    public static JsonObject Answer() =>
        new()
        {
            ["status"] = "ok",
            ["protocol_version"] = Message.ProtocolVersion,
            ["implementation"] = NotebookMetadata.KernelName,
            ["implementation_version"] = Version,
            ["language_info"] = NotebookMetadata.LanguageInfo(),
            ["banner"] = $"GeoVlm {Version}: C# cells to train vision-language models on images of the Earth.",
            ["help_links"] = new JsonArray(),
            ["supported_features"] = new JsonArray("kernel subshells"),
            ["debugger"] = false,
        };
}
