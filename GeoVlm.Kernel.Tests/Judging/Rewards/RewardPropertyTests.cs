using CsCheck;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rewards;
using NetTopologySuite.Geometries;

namespace GeoVlm.Tests.Judging.Rewards;

/// <summary>What holds for every box, label and sentence.</summary>
public class RewardPropertyTests
{
    private static readonly Gen<Box> AnyBox = Gen.Select(Gen.Int[0, 80], Gen.Int[0, 80], Gen.Int[1, 20], Gen.Int[1, 20])
        .Select((x, y, w, h) => new Box(x, y, x + w, y + h));
    private static readonly Gen<Box[]> Boxes = AnyBox.Array[0, 5];
    private static readonly Gen<OrientedBox> Turned = Gen.Select(
            Gen.Double[20, 80],
            Gen.Double[20, 80],
            Gen.Double[1, 40],
            Gen.Double[1, 40],
            Gen.Double[-180, 180]
        )
        .Select((x, y, w, h, a) => new OrientedBox(x, y, w, h, a));
    private static readonly Gen<string[]> Words = Gen.OneOf("a", "ship", "gray", "on", "the", "runway", "two", "planes").Array[1, 8];

    private static readonly string[] OfBoxes =
    [
        .. RewardCatalogue
            .All.Where(r =>
                r.KnownFlaw.Length == 0
                && !r.IsShaping
                && r.IsMeantFor(EoTask.OrientedDetection)
                && r.Name.AsSpan().IndexOf("iou-") < 0
                && (r.Name.StartsWith("detection", StringComparison.Ordinal) || r.Name is "rotated-iou" or "probiou")
            )
            .Select(r => r.Name),
    ];

    private static Sample Asked(params IEnumerable<Box> boxes) => Made.Boxes(EoTask.ObjectDetection, [.. boxes]);

    private static ParsedCompletion Answered(Sample sample, params IEnumerable<Box> boxes) =>
        new("", true, "", new BoxesAnswer([.. boxes.Select(b => new LabelledBox(b))], References.FrameOf(sample)), null);

    private static double Value(string reward, Sample sample, ParsedCompletion completion) =>
        RewardCatalogue.Find(reward).Score(completion, sample).Value;

    [Fact]
    public void Rewards_of_boxes_lie_between_0_and_1_pay_1_for_the_truth_are_symmetric_and_forget_order()
    {
        Assert.True(OfBoxes.Length >= 5, string.Join(',', OfBoxes));
        Gen.Select(Boxes, Boxes, Gen.OneOf(OfBoxes))
            .Sample(
                (a, b, reward) =>
                {
                    Sample left = Asked(a),
                        right = Asked(b);
                    double value = Value(reward, left, Answered(left, b));
                    Assert.InRange(value, 0, 1);
                    Assert.Equal(value, Value(reward, right, Answered(right, a)), 9);
                    Assert.Equal(value, Value(reward, Asked(a.Reverse()), Answered(left, b.Reverse())), 9);
                    Assert.Equal(1, Value(reward, left, Answered(left, a.Reverse())), 9);
                },
                iter: 5000
            );
    }

    [Fact]
    public void A_superfluous_box_never_pays_and_a_repeated_one_costs() =>
        Gen.Select(Boxes, AnyBox, Gen.OneOf("detection", "detection-f1", "detection-partial-f1"))
            .Sample(
                (boxes, extra, reward) =>
                {
                    var sample = Asked(boxes);
                    Assert.True(Value(reward, sample, Answered(sample, [.. boxes, extra])) < 1);
                    if (boxes.Length > 0)
                        Assert.True(Value(reward, sample, Answered(sample, [.. boxes, boxes[0]])) < 1);
                },
                iter: 2000
            );

    [Fact]
    public void Measures_of_one_box_are_1_for_the_truth_alone() =>
        Gen.Select(AnyBox, AnyBox, Gen.OneOf("iou", "iou-squared", "giou", "diou", "ciou", "iou-exponential", "iou-centred", "iou-stepped"))
            .Sample(
                (a, b, reward) =>
                {
                    var sample = Made.Boxes(EoTask.VisualGrounding, a);
                    double value = Value(reward, sample, Answered(sample, b));
                    Assert.InRange(value, 0, 1);
                    Assert.Equal(a == b, value > 1 - 1e-9);
                    if (reward is "iou" or "giou" or "diou" or "ciou")
                        Assert.Equal(value, Value(reward, Made.Boxes(EoTask.VisualGrounding, b), Answered(sample, a)), 9);
                },
                iter: 5000
            );

    [Fact]
    public void Rotated_IoU_is_that_of_a_polygon_library() =>
        Gen.Select(Turned, Turned)
            .Sample(
                (a, b) =>
                {
                    NetTopologySuite.Geometries.Polygon p = Polygon(a),
                        r = Polygon(b);
                    double common = p.Intersection(r).Area,
                        expected = common / (p.Area + r.Area - common);
                    Assert.Equal(expected, a.IoU(b), 6);
                    Assert.Equal(a.IoU(b), b.IoU(a), 9);
                },
                iter: 2000
            );

    [Fact]
    public void Gaussians_do_not_see_half_a_turn_nor_the_order_of_sides() =>
        Gen.Select(Turned, Turned, Gen.OneOf("probiou", "kld", "rotated-iou"))
            .Sample(
                (a, b, reward) =>
                {
                    double Of(OrientedBox predicted)
                    {
                        var frame = CoordinateFrame.Original(Made.Side, Made.Side);
                        var sample = Made.Sample(EoTask.OrientedDetection, new BoxesAnswer([new(a.Bounds()) { Oriented = a }], frame));
                        return Value(
                            reward,
                            sample,
                            new("", true, "", new BoxesAnswer([new(predicted.Bounds()) { Oriented = predicted }], frame), null)
                        );
                    }
                    double value = Of(b);
                    Assert.InRange(value, 0, 1);
                    Assert.Equal(value, Of(b with { AngleDegrees = b.AngleDegrees + 180 }), 6);
                    Assert.Equal(value, Of(new OrientedBox(b.CenterX, b.CenterY, b.Height, b.Width, b.AngleDegrees + 90)), 6);
                    Assert.Equal(1, Of(a), 6);
                },
                iter: 2000
            );

    [Fact]
    public void Rewards_of_words_lie_between_0_and_1_and_pay_1_for_the_truth()
    {
        string[] rewards =
        [
            .. RewardCatalogue
                .All.Where(r =>
                    r.IsMeantFor(EoTask.ImageCaption)
                    && !r.IsMeantFor(EoTask.ObjectDetection)
                    && r is not IFittedReward
                    && r.Name is not ("sbert" or "hslr")
                )
                .Select(r => r.Name),
        ];
        Assert.True(rewards.Length >= 9, string.Join(',', rewards));
        Gen.Select(Words, Words, Gen.OneOf(rewards))
            .Sample(
                (a, b, reward) =>
                {
                    var sample = Made.Text(EoTask.ImageCaption, string.Join(' ', a));
                    Assert.InRange(Value(reward, sample, Made.Read(sample, string.Join(' ', b))), 0, 1);
                    Assert.Equal(1, Value(reward, sample, Made.Read(sample, string.Join(' ', a))), 9);
                },
                iter: 5000
            );
    }

    [Fact]
    public void Label_sets_are_symmetric_and_forget_order() =>
        Gen.Select(Words, Words, Gen.OneOf("label-f1", "label-jaccard", "label-exact"))
            .Sample(
                (a, b, reward) =>
                {
                    double Of(string[] reference, string[] answer)
                    {
                        var sample = Made.Sample(EoTask.MultiLabelClassification, new LabelsAnswer(reference));
                        return Value(reward, sample, Made.Read(sample, string.Join(", ", answer)));
                    }
                    Assert.Equal(Of(a, b), Of(b, a), 12);
                    Assert.Equal(Of(a, b), Of(a, [.. b.Reverse(), b[0]]), 12);
                    Assert.Equal(1, Of(a, a));
                },
                iter: 3000
            );

    private static NetTopologySuite.Geometries.Polygon Polygon(OrientedBox box)
    {
        var corners = box.Corners().Select(c => new Coordinate(c.X, c.Y)).ToList();
        return new GeometryFactory().CreatePolygon([.. corners, corners[0]]);
    }
}
