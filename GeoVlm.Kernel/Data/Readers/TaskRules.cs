using System.Text.RegularExpressions;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>Which task a question of an instruction dataset is, and by which rule,
/// so that a wrong guess can be seen and filtered.</summary>
/// <remarks>
/// In order: a tag such as [refer] in the question; a column that names the task; the wording of the question; the form of the answer. A
/// disaster, a change or several dates turn a task into its multi-date kin. What no rule knows is a question with a short answer.
/// </remarks>
internal static partial class TaskRules
{
    /// <summary>What is known of one question.</summary>
    /// <param name="Question">As the source words it, tags included.</param>
    /// <param name="Answer">The reference as text.</param>
    /// <param name="AnswerIsBoxes">True where the reference is boxes and perhaps their labels, nothing else.</param>
    /// <param name="AnswerHasBoxes">True where boxes stand anywhere in the reference.</param>
    /// <param name="BoxCount">How many.</param>
    /// <param name="QuestionHasBoxes">True where the question holds a box.</param>
    /// <param name="Dates">Number of images.</param>
    internal readonly record struct Facts(
        string Question,
        string Answer,
        bool AnswerIsBoxes,
        bool AnswerHasBoxes,
        int BoxCount,
        bool QuestionHasBoxes,
        int Dates
    );

    /// <summary>The task, and the rule that gave it.</summary>
    public static (EoTask Task, string Rule) Of(Facts f, Row row)
    {
        if (f.Question.Contains('[') && Tag().Match(f.Question) is { Success: true } tag)
            if (ByTag(tag.Groups[1].Value.ToLowerInvariant(), f) is { } tagged)
                return tagged;
        if (row.Text("task", "task_type", "ttype", "type", "question_type", "Question_Type") is { } named && ByName(named, f) is { } byName)
            return byName;
        return ByWording(f) ?? ByAnswer(f);
    }

    private static (EoTask, string)? ByTag(string tag, Facts f) =>
        tag switch
        {
            "refer" => (f.AnswerHasBoxes ? Boxes(f, EoTask.ReferredDetection) : EoTask.VisualQuestionAnswering, "tag [refer]"),
            "identify" => (
                IsDamageLevel(f.Question) ? EoTask.DamageLevel
                : IsYesNo(f.Answer) ? EoTask.VisualQuestionAnswering
                : EoTask.RegionCaption,
                "tag [identify]"
            ),
            "grounding" => (f.AnswerHasBoxes ? EoTask.GroundedCaption : Describes(f), "tag [grounding]"),
            "changedet" => (
                f.AnswerIsBoxes ? Boxes(f, EoTask.ChangeDetection)
                : IsDisasterType(f.Question) ? EoTask.DisasterType
                : IsCount(f.Question) ? EoTask.AffectedCount
                : IsYesNo(f.Answer) ? EoTask.VisualQuestionAnswering
                : Describes(f),
                "tag [changedet]"
            ),
            "caption" => (Describes(f), "tag [caption]"),
            "vqa" => (EoTask.VisualQuestionAnswering, "tag [vqa]"),
            "cls" or "classify" or "classification" or "scene" => (Classifies(f), "tag [classify]"),
            "detection" or "detect" => (
                f.AnswerHasBoxes ? Boxes(f, EoTask.ObjectDetection) : EoTask.VisualQuestionAnswering,
                "tag [detect]"
            ),
            _ => null,
        };

    private static (EoTask, string)? ByName(string name, Facts f)
    {
        string n = name.ToLowerInvariant();
        const string rule = "column of the task";
        // Its own names first: what this program saves comes back as it was.
        foreach (var task in Enum.GetValues<EoTask>())
            if (n == Names[(int)task])
                return (task, rule);
        if (n.Contains("caption"))
            return (
                n.Contains("region") ? EoTask.RegionCaption
                : n.Contains("ground") ? EoTask.GroundedCaption
                : Describes(f),
                rule
            );
        if (n.Contains("vqa"))
            return (EoTask.VisualQuestionAnswering, rule);
        if (n.Contains("refer") || n is "ref" or "rec" or "vg" || n.Contains("ground"))
            return f.AnswerIsBoxes ? (Boxes(f, EoTask.ReferredDetection), rule)
                : f.AnswerHasBoxes ? (EoTask.GroundedCaption, rule)
                : f.QuestionHasBoxes ? (EoTask.RegionCaption, rule)
                : null;
        if (n.Contains("detect"))
            return f.AnswerHasBoxes ? (Boxes(f, EoTask.ObjectDetection), rule) : null;
        if (n.Contains("classif") || n is "scene" or "cls")
            return (Classifies(f), rule);
        return null;
    }

    private static (EoTask, string)? ByWording(Facts f)
    {
        string q = f.Question;
        if (IsDisasterType(q))
            return (EoTask.DisasterType, "wording: type of disaster");
        if (IsDamageLevel(q) && !f.AnswerHasBoxes)
            return (EoTask.DamageLevel, "wording: level of damage");
        if (IsCount(q) && IsAbout(q, "affected", "damaged", "destroyed"))
            return (EoTask.AffectedCount, "wording: how many are damaged");
        if (f.AnswerHasBoxes)
            return null;
        if (Classify().IsMatch(q))
            return (Classifies(f), "wording: classify");
        if (IsYesNo(f.Answer))
            return (EoTask.VisualQuestionAnswering, "answer is yes or no");
        if (f.QuestionHasBoxes && Describe().IsMatch(q))
            return (EoTask.RegionCaption, "wording: describe, with a box");
        if (f.Dates > 1 && IsAbout(q, "change", "differ"))
            return (EoTask.ChangeCaption, "wording: change");
        if (Caption().IsMatch(q))
            return (Describes(f), "wording: describe");
        return null;
    }

    private static (EoTask, string) ByAnswer(Facts f)
    {
        if (f.AnswerIsBoxes)
            return (Boxes(f, AsksForAll().IsMatch(f.Question) ? EoTask.ObjectDetection : EoTask.ReferredDetection), "answer is boxes");
        if (f.AnswerHasBoxes)
            return (EoTask.GroundedCaption, "answer has boxes in its text");
        return f.QuestionHasBoxes && f.Answer.Length > 0 && !char.IsAsciiDigit(f.Answer[0]) && f.Answer.Contains(' ')
            ? (EoTask.RegionCaption, "question has a box")
            : (EoTask.VisualQuestionAnswering, "no other rule");
    }

    private static EoTask Boxes(Facts f, EoTask single) =>
        f.Dates < 2 ? single
        : IsAbout(f.Question, "disaster", "damage", "destroy") ? EoTask.DisasterDetection
        : IsAbout(f.Question, "change", "construct", "new building") ? EoTask.ChangeDetection
        : single;

    private static EoTask Classifies(Facts f) =>
        f.Dates > 1 ? EoTask.TemporalClassification
        : MultipleLabels().IsMatch(f.Question) ? EoTask.MultiLabelClassification
        : EoTask.SceneClassification;

    private static EoTask Describes(Facts f) =>
        f.Dates < 2 ? EoTask.ImageCaption
        : IsAbout(f.Question, "disaster", "damage") ? EoTask.DamageCaption
        : EoTask.ChangeCaption;

    private static bool IsDisasterType(string q) => q.Contains("disaster", StringComparison.OrdinalIgnoreCase) && DisasterType().IsMatch(q);

    private static bool IsDamageLevel(string q) => q.Contains("damage", StringComparison.OrdinalIgnoreCase) && DamageLevel().IsMatch(q);

    private static bool IsCount(string q) => IsAbout(q, "how many", "number of", "count the");

    private static bool IsYesNo(string answer) => answer.Length <= 4 && answer.TrimEnd('.').ToLowerInvariant() is "yes" or "no";

    private static bool IsAbout(string q, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
            if (q.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    private static readonly string[] Names = [.. EoTaskNames.All];

    [GeneratedRegex(
        @"\[(refer|identify|grounding|changedet|caption|vqa|cls|classify|classification|scene|detection|detect)\]",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Tag();

    [GeneratedRegex(@"(type|kind) of (the )?(natural )?disaster|(which|what) (natural )?disaster|disaster type", RegexOptions.IgnoreCase)]
    private static partial Regex DisasterType();

    [GeneratedRegex(
        @"level of (the )?damage|damage level|degree of damage|classify the (level|damage)|how (badly|severely)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex DamageLevel();

    [GeneratedRegex(
        @"\bclassify\b|\b(which|what) (class|category|scene|land[- ]?(cover|use))\b|following classes|\bscene (class|category|type)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Classify();

    [GeneratedRegex(
        @"multi-?label|all (the )?(labels|classes)|one or more|(labels|classes|categories) (that )?(apply|are present|exist)",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex MultipleLabels();

    [GeneratedRegex(@"\b(describe|description|caption|what (object|is))\b", RegexOptions.IgnoreCase)]
    private static partial Regex Describe();

    [GeneratedRegex(@"\bdescri(be|ption)\b|\bcaption|\bsummari[sz]e\b|what do you see", RegexOptions.IgnoreCase)]
    private static partial Regex Caption();

    [GeneratedRegex(@"\b(all|every|each)\b", RegexOptions.IgnoreCase)]
    private static partial Regex AsksForAll();
}
