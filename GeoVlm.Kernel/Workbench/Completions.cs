namespace GeoVlm.Workbench;

/// <summary>What may stand at the cursor.</summary>
/// <param name="Start">First character that an item replaces, in UTF-16 units.</param>
/// <param name="End">End of what it replaces, in UTF-16 units.</param>
/// <param name="Items">Best first.</param>
public sealed record Completions(int Start, int End, IReadOnlyList<CompletionEntry> Items)
{
    /// <summary>Nothing fits at this place.</summary>
    public static Completions None(int position) => new(position, position, []);
}

/// <summary>One thing that may be written.</summary>
/// <param name="Text">What is inserted.</param>
/// <param name="Kind">In the words of front ends: "method", "class", "keyword", "magic", "path" …</param>
/// <param name="Signature">A few words on it; empty where there are none.</param>
public sealed record CompletionEntry(string Text, string Kind, string Signature = "");

/// <summary>What is known of the thing under the cursor.</summary>
/// <param name="Text">Plain text: signature first, then documentation.</param>
/// <param name="Markdown">The same as Markdown.</param>
public sealed record Inspection(string Text, string Markdown);

/// <summary>A fault that the compiler sees before the cell runs.</summary>
/// <param name="Start">First character, in UTF-16 units of the cell.</param>
/// <param name="End">End, in UTF-16 units of the cell.</param>
/// <param name="Severity">"error" or "warning".</param>
/// <param name="Code">The compiler's number of it: "CS0103".</param>
/// <param name="Message">What is wrong.</param>
public sealed record CellDiagnostic(int Start, int End, string Severity, string Code, string Message);
