using System.Globalization;
using System.Text;
using GeoVlm.Data;
using GeoVlm.Judging.Rewards;
using GeoVlm.Judging.Rubrics;
using GeoVlm.Rendering;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-reward</c>: makes a reward of the code below it, and puts it into the rubric of a task.</summary>
public sealed class GeoRewardCommand : IBodyCommand
{
    private static readonly string[] Languages = ["csharp", "fsharp"];

    /// <inheritdoc/>
    public string Name => "#!geo-reward";

    /// <inheritdoc/>
    public string Summary =>
        "write a reward: a lambda, a class, or a composition such as 0.7 * iou + 0.3 * format; used at once by its task";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("name", "name of the reward and of its variable; without code below, a variable or a reward of the catalogue", Required: true),
        new("--task", "the task whose rubric takes it; when left out it is a variable alone, for --reward") { Choices = EoTaskNames.All },
        new("--weight", "its weight in that rubric, at least 0; 0 takes it out again", MagicOptionKind.Number, Default: "1"),
        new("--alone", "put it in the place of the task's own rewards; format stays", MagicOptionKind.Flag),
        new("--reset", "first put the task's rubric back to what it was", MagicOptionKind.Flag),
        new("--language", "language of the code below", Default: "csharp") { Choices = Languages },
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } =
    [
        "#!geo-reward gentle --task referred-detection --weight 0.5\n(answer, reference) => answer.Objects.Count == 1 ? Math.Sqrt(answer.Objects[0].Box.IoU(reference.Objects[0].Box)) : 0",
        "#!geo-reward brief --task image-caption\nclass Brief : IReward\n{\n    public string Name => \"brief\";\n    public string Summary => \"at most twelve words\";\n"
            + "    public RewardScore Score(ParsedCompletion completion, Sample sample) =>\n        new(Words.Of(completion.Words ?? \"\").Count is > 0 and <= 12 ? 1 : 0);\n}",
        "#!geo-reward mixed --task referred-detection --alone\n(0.7 * RewardCatalogue.Find(\"giou\") + 0.3 * gentle).Gate(RewardCatalogue.Find(\"format\"))",
        "#!geo-reward squares --language fsharp --task referred-detection\nfun answer reference -> if answer.Objects.Count = 1 then answer.Objects[0].Box.IoU(reference.Objects[0].Box) ** 2.0 else 0.0",
        "#!geo-reward mixed --task referred-detection --reset --weight 0",
    ];

    /// <inheritdoc/>
    public string CSharp =>
        "var gentle = Reward.Define<BoxesAnswer>(\"gentle\", (answer, reference) => answer.Objects[0].Box.IoU(reference.Objects[0].Box));";

    /// <inheritdoc/>
    public void RunBody(MagicArguments arguments, string body, CommandContext context)
    {
        string name = arguments.Required("name");
        EoTask? task = arguments.Text("--task") is { } taskName ? EoTaskNames.Parse(taskName) : null;
        double weight = arguments.Number("--weight")!.Value;
        if (!(weight >= 0 && double.IsFinite(weight)))
            throw new GeoVlmException(
                $"--weight is {weight}, expected a number of at least 0; to pay for the opposite, write a reward that does"
            );
        if (!string.IsNullOrWhiteSpace(body))
            Define(name, body, arguments.Required("--language"), task, context);
        var reward =
            context.Variables.FirstOrDefault(v => v.Name == name)?.Value as IReward
            ?? (string.IsNullOrWhiteSpace(body) ? RewardCatalogue.Find(name) : context.GetVariable<IReward>(name));
        if (task is not { } chosen)
        {
            context.Display(
                new Table(
                    ["reward", "what it pays for"],
                    [
                        [reward.Name, reward.Summary],
                    ]
                )
            );
            return;
        }
        var session = context.Keep(() => new SessionRewards());
        if (arguments.Flag("--reset"))
            session.Reset(chosen);
        var rubric = session.Add(chosen, reward, weight, arguments.Flag("--alone"));
        context.Display(
            new Table(
                [$"rewards of {EoTaskNames.Of(chosen)}", "weight", "what it pays for"],
                [.. rubric.Rewards.Select(r => (IReadOnlyList<object?>)[r.Reward.Name, r.Weight, r.Reward.Summary])]
            )
        );
    }

    private static void Define(string name, string body, string language, EoTask? task, CommandContext context)
    {
        if (!SyntaxFacts.IsValidIdentifier(name))
            throw new GeoVlmException(
                $"'{name}' cannot be a variable: a reward that is written in a cell has a name of letters, digits and '_'"
            );
        string answer = task is { } known ? TaskExample.Of(known)[0].Sample.Reference.GetType().Name : "Answer";
        // Blank lines keep the line numbers of errors those of the cell.
        string blank = new('\n', Math.Max(0, context.BodyLine - 1));
        context.RunCell(language == "fsharp" ? FSharp(name, body, answer) : blank + OfCSharp(name, body.Trim(), answer));
    }

    private static string FSharp(string name, string body, string answer)
    {
        string code = body.Trim('\r', '\n').TrimEnd();
        // In F# a function is written to be curried; a delegate is made of it where a method takes one.
        string indented = string.Join('\n', code.Split('\n').Select(l => "    " + l));
        string definition = code.TrimStart().StartsWith("fun ", StringComparison.Ordinal)
            ? $"let {name} = GeoVlm.Judging.Rewards.Reward.Define<GeoVlm.Data.{answer}>({Quoted(name)}, (\n{indented}), \"\", {Quoted(code)})"
            : $"let {name} = GeoVlm.Judging.Rewards.Reward.Named({Quoted(name)}, (\n{indented}), {Quoted(code)})";
        return $"#!fsharp\n{definition}\n#!csharp\n#!share {name} --from fsharp";
    }

    private static string OfCSharp(string name, string body, string answer)
    {
        string text = Quoted(body);
        var root = (CompilationUnitSyntax)
            CSharpSyntaxTree.ParseText(body, new CSharpParseOptions(kind: Microsoft.CodeAnalysis.SourceCodeKind.Script)).GetRoot();
        if (root.Members.OfType<ClassDeclarationSyntax>().LastOrDefault(c => c.BaseList is not null) is { } type)
            return $"{body}\nvar {name} = Reward.Named({Quoted(name)}, new {type.Identifier.Text}(), {text});";
        if (root.Members.OfType<ClassDeclarationSyntax>().LastOrDefault() is { } plain)
            throw new GeoVlmException(
                $"the class '{plain.Identifier.Text}' is no reward: write `class {plain.Identifier.Text} : IReward` with Name, Summary and Score"
            );
        string expression = body.TrimEnd(';', ' ', '\n', '\r', '\t');
        if (SyntaxFactory.ParseExpression(expression) is not LambdaExpressionSyntax lambda)
            return $"var {name} = Reward.Named({Quoted(name)}, ({expression}), {text});";
        bool typed = lambda is ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: [{ Type: not null }, ..] };
        bool whole =
            lambda
            is ParenthesizedLambdaExpressionSyntax
                {
                    ParameterList.Parameters: [
                        { Type: IdentifierNameSyntax { Identifier.Text: nameof(Judging.Parsing.ParsedCompletion) } },
                        _,
                    ]
                }
                or ParenthesizedLambdaExpressionSyntax
                {
                    ParameterList.Parameters: [{ Identifier.Text: "completion" }, { Identifier.Text: "sample" }]
                };
        string maker =
            whole ? "Reward.OfCompletion"
            : typed ? "Reward.Define"
            : $"Reward.Define<{answer}>";
        return $"var {name} = {maker}({Quoted(name)}, {expression}, source: {text});";
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
            quoted.Append(
                c is >= ' ' and < '\x7f' and not ('"' or '\\')
                    ? c.ToString()
                    : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
            );
        return quoted.Append('"').ToString();
    }
}
