namespace GeoVlm.Data.Prompts;

/// <summary>The answer format that the prompts ask for and the parsers and format reward read: written down here only.</summary>
public static class ResponseFormat
{
    /// <summary>Opens the reasoning.</summary>
    public const string ThinkOpen = "<think>";

    /// <summary>Closes the reasoning.</summary>
    public const string ThinkClose = "</think>";

    /// <summary>Opens the final answer.</summary>
    public const string AnswerOpen = "<answer>";

    /// <summary>Closes the final answer.</summary>
    public const string AnswerClose = "</answer>";

    /// <summary>A completion in the strict format.</summary>
    public static string Wrap(string reasoning, string answer) => $"{ThinkOpen}{reasoning}{ThinkClose}{AnswerOpen}{answer}{AnswerClose}";
}
