using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>What a notebook says about its language and kernel; kernel_info says the same.</summary>
internal static class NotebookMetadata
{
    public const string KernelName = "geovlm";
    public const string DisplayName = "GeoVlm (C#)";
    public const string Language = "C#";

    public static JsonObject LanguageInfo() =>
        new()
        {
            ["name"] = Language,
            ["version"] = "14.0",
            ["mimetype"] = "text/x-csharp",
            ["file_extension"] = ".cs",
            ["pygments_lexer"] = "csharp",
            ["codemirror_mode"] = "text/x-csharp",
        };

    public static JsonObject ForThisKernel() =>
        new()
        {
            ["kernelspec"] = new JsonObject
            {
                ["display_name"] = DisplayName,
                ["language"] = Language,
                ["name"] = KernelName,
            },
            ["language_info"] = LanguageInfo(),
        };
}
