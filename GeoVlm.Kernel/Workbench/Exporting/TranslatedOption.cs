namespace GeoVlm.Workbench.Exporting;

/// <summary>One of our options, as another trainer has it.</summary>
/// <param name="Ours">Name of ours.</param>
/// <param name="Value">Its value.</param>
/// <param name="Theirs">Their options with values; empty where it cannot be translated.</param>
/// <param name="Note">What is lost or differs; empty for a plain translation.</param>
internal sealed record TranslatedOption(string Ours, string Value, IReadOnlyList<(string Name, string Value)> Theirs, string Note = "")
{
    /// <summary>Whether their trainer does the same, or need not do anything.</summary>
    public bool IsTranslated => Theirs.Count > 0 || Note.Length == 0;
}
