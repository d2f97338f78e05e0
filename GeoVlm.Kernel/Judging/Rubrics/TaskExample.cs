using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;

namespace GeoVlm.Judging.Rubrics;

/// <summary>A small made sample of a task with a worked completion: what is asked,
/// how it is answered. It has no pixels worth seeing.</summary>
/// <param name="Kind">Which kind of question of the task: "count"; empty where there is one kind.</param>
/// <param name="Sample">The sample, of 448 by 448 pixels.</param>
/// <param name="Reasoning">What is thought before the answer.</param>
public sealed record TaskExample(string Kind, Sample Sample, string Reasoning)
{
    private const int Side = 448;

    /// <summary>The right completion in the strict format, boxes in pixels of the image.</summary>
    public string Completion => ResponseFormat.Wrap(Reasoning, AnswerText.Write(Sample, Sample.Frame));

    /// <summary>The examples of every task, in the order of <see cref="EoTask"/>.</summary>
    public static IReadOnlyList<TaskExample> All { get; } =
    [
        Text(
            EoTask.SceneClassification,
            "Classify the scene: airport, harbor, overpass, forest.",
            "Ships lie along piers at the water.",
            "harbor"
        ),
        Boxes(
            EoTask.ReferredDetection,
            Questions.Refer("red ship at the top left"),
            "One red ship lies at the top left.",
            Object(60, 72, 121, 98)
        ),
        Boxes(
            EoTask.ObjectDetection,
            Questions.DetectAll("ships"),
            "Three ships lie apart from each other.",
            Object(60, 72, 121, 98),
            Object(177, 235, 241, 253),
            Object(300, 310, 306, 317)
        ),
        Text(EoTask.RegionCaption, "describe [177,235,241,253]", "The region holds one long ship.", "1 large gray ship at the center"),
        Text(
            EoTask.ImageCaption,
            Questions.DescribeScene,
            "A runway, a plane, grass beside it.",
            "A gray plane on the runway beside the lawn."
        ),
        Text(EoTask.VisualQuestionAnswering, Questions.IsThereA("road"), "A road crosses the image.", "yes", "presence"),
        Text(EoTask.VisualQuestionAnswering, Questions.HowMany("ships"), "One at the left, two at the right.", "3", "count"),
        Text(EoTask.VisualQuestionAnswering, "are there more buildings than trees ?", "Trees cover most of the image.", "no", "comparison"),
        Text(EoTask.VisualQuestionAnswering, "is it a rural or an urban area ?", "Fields and a few farms.", "rural", "open"),
        Pair(
            Boxes(EoTask.ChangeDetection, Questions.WhatChanged, "A building was added at the right.", Object(300, 80, 380, 170)) with
            {
                Kind = "boxes",
            }
        ),
        Pair(
            new TaskExample(
                "mask grid",
                Made(
                    EoTask.ChangeDetection,
                    "Mark the changed cells of a grid of 4 by 4.",
                    new MaskAnswer(
                        new Mask(
                            4,
                            4,
                            [false, false, true, true, false, false, true, true, false, false, false, false, false, false, false, false]
                        )
                    )
                ),
                "The upper right changed."
            )
        ),
        new TaskExample(
            "",
            Made(
                EoTask.MultiLabelClassification,
                "Which classes hold ?",
                new LabelsAnswer(["Pastures", "Beaches, dunes, sands", "Inland waters"])
            ),
            "Grass, sand and a lake."
        ),
        Text(
            EoTask.TemporalClassification,
            "Classify the place seen at these dates: airport, construction site, stadium.",
            "Cranes, then a roof: it is being built.",
            "construction site"
        ),
        new TaskExample(
            "",
            Made(
                EoTask.GroundedCaption,
                "Describe the image and locate what you name.",
                new GroundedTextAnswer("There is a tennis court at the left.", Answer(Object(36, 148, 99, 179, "a tennis court")))
            ),
            "One court, at the left."
        ),
        Boxes(
            EoTask.VisualGrounding,
            "where is the storage tank south of the road ?",
            "South of the road stands one tank.",
            Object(210, 300, 250, 340)
        ),
        Oriented(),
        Pair(
            Text(
                EoTask.ChangeCaption,
                "what changed between the two images ?",
                "Houses stand where there was bare land.",
                "Two buildings surrounded by roads show up on the bareland."
            )
        ),
        Pair(
            Text(
                EoTask.DisasterType,
                "Which disaster occurred: volcano, fire, earthquake, flood, tsunami, wind ?",
                "Water covers the streets.",
                "flood"
            )
        ),
        Pair(
            Text(
                EoTask.DamageLevel,
                "How badly is the building at [30,40,70,90] damaged: no-damage, minor-damage, major-damage, destroyed ?",
                "Nothing of it stands.",
                "destroyed"
            )
        ),
        Pair(
            Text(EoTask.AffectedCount, "How many buildings are affected ? Answer none, one, two or many.", "A whole block is gone.", "many")
        ),
        Pair(
            Boxes(
                EoTask.DisasterDetection,
                "detect all damaged buildings",
                "Two roofs are gone.",
                Object(31, 130, 137, 237),
                Object(243, 221, 346, 326)
            )
        ),
        Pair(
            Text(EoTask.DamageCaption, "describe the damage", "Burnt ground, roofs gone.", "A fire destroyed many buildings in the center.")
        ),
    ];

    /// <summary>The examples of a task; at least one.</summary>
    public static IReadOnlyList<TaskExample> Of(EoTask task) => [.. All.Where(e => e.Sample.Task == task)];

    private static TaskExample Text(EoTask task, string question, string reasoning, string answer, string kind = "") =>
        new(kind, Made(task, question, new TextAnswer(answer)), reasoning);

    private static TaskExample Boxes(EoTask task, string question, string reasoning, params LabelledBox[] boxes) =>
        new("", Made(task, question, Answer(boxes)), reasoning);

    private static TaskExample Oriented()
    {
        LabelledBox[] ships =
        [
            .. new[] { new OrientedBox(209, 244, 64, 18, -22), new OrientedBox(269, 257, 62, 38, 30) }.Select(o => new LabelledBox(
                o.Bounds()
            )
            {
                Oriented = o,
            }),
        ];
        return Boxes(EoTask.OrientedDetection, Questions.DetectAll("ships"), "Two ships lie askew.", ships);
    }

    private static TaskExample Pair(TaskExample example) =>
        example with
        {
            Sample = example.Sample with { Images = [Image("before"), Image("after")] },
        };

    private static LabelledBox Object(double x1, double y1, double x2, double y2, string label = "") => new(new Box(x1, y1, x2, y2), label);

    private static BoxesAnswer Answer(params LabelledBox[] boxes) => new(boxes, CoordinateFrame.Original(Side, Side));

    private static Sample Made(EoTask task, string question, Answer reference) =>
        new($"example-{EoTaskNames.Of(task)}", task, [Image("image")], question, reference);

    private static GeoImage Image(string name) => new(name, Side, Side, () => new RgbImage(Side, Side));
}
