using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Tags;
using Microsoft.CodeAnalysis.Text;

namespace GeoVlm.Workbench.Languages;

/// <summary>Completion, hover, signatures and diagnostics of C#, by Roslyn's language services over all cells of the session.</summary>
internal sealed class CSharpAssistant(CSharpWorkspace workspace)
{
    private const int MostItems = 500;

    // Of the lists that Roslyn would offer, those of types that need a `using` first make a completion slow and long.
    private static readonly CompletionTrigger Asked = CompletionTrigger.Invoke;

    /// <summary>What may stand at a position, best first.</summary>
    public Completions Complete(string code, int position, CancellationToken cancellation)
    {
        Document document = workspace.Open(code);
        CompletionService service = CompletionService.GetService(document)!;
        CompletionList list = service
            .GetCompletionsAsync(document, position, Asked, cancellationToken: cancellation)
            .GetAwaiter()
            .GetResult();
        if (list.ItemsList.Count == 0)
            return Completions.None(position);
        TextSpan span = list.Span;
        string typed = code[span.Start..position];
        CompletionEntry[] items =
        [
            .. list
                .ItemsList.Select(item => (item, rank: Rank(item, typed)))
                .Where(entry => entry.rank < int.MaxValue)
                .OrderBy(entry => entry.rank)
                .ThenByDescending(entry => entry.item.Rules.MatchPriority)
                .ThenBy(entry => entry.item.SortText, StringComparer.OrdinalIgnoreCase)
                .Select(entry => new CompletionEntry(Inserted(entry.item), Kind(entry.item), entry.item.InlineDescription))
                .DistinctBy(entry => entry.Text)
                .Take(MostItems),
        ];
        return new Completions(span.Start, Math.Max(span.End, position), items);
    }

    /// <summary>What the name under the cursor is, or, within the brackets of a call, how it may be called; null for nothing.</summary>
    public Inspection? Inspect(string code, int position, CancellationToken cancellation)
    {
        Document document = workspace.Open(code);
        QuickInfoService service = QuickInfoService.GetService(document)!;
        // A cursor right behind a name means that name.
        foreach (int at in (int[])[position, position - 1])
        {
            if (at < 0 || at >= code.Length || !SyntaxFacts.IsIdentifierPartCharacter(code[at]))
                continue;
            if (service.GetQuickInfoAsync(document, at, cancellation).GetAwaiter().GetResult() is { Sections.Length: > 0 } info)
                return Written(info);
        }
        return Signatures(document, position, cancellation);
    }

    /// <summary>The faults of code that was not run yet.</summary>
    public IReadOnlyList<CellDiagnostic> Diagnose(string code, CancellationToken cancellation)
    {
        SemanticModel model = workspace.Open(code).GetSemanticModelAsync(cancellation).GetAwaiter().GetResult()!;
        return
        [
            .. model
                .GetDiagnostics(cancellationToken: cancellation)
                .Where(found => found.Severity >= DiagnosticSeverity.Warning && !found.IsSuppressed)
                .Select(found => new CellDiagnostic(
                    found.Location.SourceSpan.Start,
                    found.Location.SourceSpan.End,
                    found.Severity == DiagnosticSeverity.Error ? "error" : "warning",
                    found.Id,
                    found.GetMessage()
                )),
        ];
    }

    // 0 starts with what was typed, 1 in other case, 2 has it at a word's start (WL for WriteLine); other items do not fit.
    private static int Rank(CompletionItem item, string typed)
    {
        if (typed.Length == 0 || item.FilterText.StartsWith(typed, StringComparison.Ordinal))
            return 0;
        if (item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            return 1;
        string capitals = string.Concat(item.FilterText.Where((letter, at) => at == 0 || char.IsUpper(letter)));
        return typed.Length > 1 && capitals.StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 2 : int.MaxValue;
    }

    private static string Inserted(CompletionItem item) =>
        item.Properties.TryGetValue("InsertionText", out string? text) ? text : item.DisplayText;

    private static string Kind(CompletionItem item) => item.Tags.FirstOrDefault(Kinds.ContainsKey) is { } tag ? Kinds[tag] : "text";

    private static readonly Dictionary<string, string> Kinds = new()
    {
        [WellKnownTags.Method] = "method",
        [WellKnownTags.ExtensionMethod] = "method",
        [WellKnownTags.Property] = "property",
        [WellKnownTags.Field] = "field",
        [WellKnownTags.Event] = "event",
        [WellKnownTags.Class] = "class",
        [WellKnownTags.Structure] = "struct",
        [WellKnownTags.Interface] = "interface",
        [WellKnownTags.Enum] = "enum",
        [WellKnownTags.EnumMember] = "enum member",
        [WellKnownTags.Delegate] = "delegate",
        [WellKnownTags.Namespace] = "module",
        [WellKnownTags.Keyword] = "keyword",
        [WellKnownTags.Local] = "instance",
        [WellKnownTags.Parameter] = "instance",
        [WellKnownTags.RangeVariable] = "instance",
        [WellKnownTags.Constant] = "constant",
        [WellKnownTags.Snippet] = "snippet",
        [WellKnownTags.TypeParameter] = "type parameter",
    };

    private static Inspection Written(QuickInfoItem info)
    {
        StringBuilder text = new(),
            markdown = new();
        foreach (QuickInfoSection section in info.Sections)
        {
            if (section.Text.Length == 0)
                continue;
            if (text.Length > 0)
                text.Append('\n');
            text.Append(section.Text).Append('\n');
            markdown.Append(
                section.Kind == QuickInfoSectionKinds.Description ? $"```csharp\n{section.Text}\n```\n\n" : section.Text + "\n\n"
            );
        }
        return new Inspection(text.ToString().TrimEnd(), markdown.ToString().TrimEnd());
    }

    private static Inspection? Signatures(Document document, int position, CancellationToken cancellation)
    {
        SyntaxNode root = document.GetSyntaxRootAsync(cancellation).GetAwaiter().GetResult()!;
        SyntaxToken token = root.FindToken(Math.Clamp(position - 1, 0, Math.Max(0, root.FullSpan.End - 1)));
        ArgumentListSyntax? arguments = token
            .Parent?.AncestorsAndSelf()
            .OfType<ArgumentListSyntax>()
            .FirstOrDefault(list =>
                list.OpenParenToken.Span.End <= position && (list.CloseParenToken.IsMissing || position <= list.CloseParenToken.SpanStart)
            );
        if (arguments?.Parent is null)
            return null;
        SemanticModel model = document.GetSemanticModelAsync(cancellation).GetAwaiter().GetResult()!;
        IEnumerable<ISymbol> called = arguments.Parent switch
        {
            InvocationExpressionSyntax call => model.GetMemberGroup(call.Expression, cancellation),
            BaseObjectCreationExpressionSyntax made when model.GetTypeInfo(made, cancellation).Type is INamedTypeSymbol type =>
                type.InstanceConstructors,
            _ => [],
        };
        IMethodSymbol[] methods = [.. called.OfType<IMethodSymbol>()];
        if (methods.Length == 0)
            return null;
        string signatures = string.Join(
            '\n',
            methods.OrderBy(method => method.Parameters.Length).Select(method => method.ToMinimalDisplayString(model, position))
        );
        string summary = DocumentationText.Summary(methods[0].GetDocumentationCommentXml(cancellationToken: cancellation));
        return new Inspection($"{signatures}\n\n{summary}".TrimEnd(), $"```csharp\n{signatures}\n```\n\n{summary}".TrimEnd());
    }
}
