using System.Text.Json;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Judging.Parsing;
using GeoVlm.Judging.Rubrics;

namespace GeoVlm.Judging.Predictions;

/// <summary>Makes a scored prediction of a row and the row that holds its reference.</summary>
internal sealed class RowReader(PredictionOptions options, bool earthDial)
{
    /// <summary>The side of an image whose size no row tells; pixels then pass through unchanged.</summary>
    private const int UnknownSide = 1000;

    /// <summary>Most pixels of an image whose boxes are painted.</summary>
    private const long MaximumPixels = 100_000_000;

    private readonly bool boxes = options.Task.HasBoxes() || options.Task == EoTask.ChangeDetection;
    private bool sizeUnknown;

    /// <summary>What was assumed.</summary>
    public IReadOnlyList<string> Notes =>
        [
            earthDial
                ? "Rows read as EarthDial's: answer against annotation, gt_bbox, groundtruth or caption0…"
                : "Rows read as plain: prediction against reference.",
            .. boxes ? [$"Boxes without a frame of their own are in {options.Frame ?? (earthDial ? "percent" : "pixels")}."] : (string[])[],
            .. boxes && sizeUnknown && !earthDial
                ? ["Some rows name no width and height: sizes small, medium and large mean nothing for them."]
                : (string[])[],
        ];

    /// <exception cref="GeoVlmException">The row lacks something.</exception>
    public Prediction Read(PredictionRow row, PredictionRow truth, string id)
    {
        var (sample, frame) = ReadSample(row, truth, id, answersAreReferences: !ReferenceEquals(row, truth));
        string? written =
            row.Prediction
            ?? (ReferenceEquals(row, truth) ? null : row.Text("caption"))
            ?? (row.Get("boxes") is { } bare ? PredictionRow.Flat(bare) : null);
        if (written is null)
            throw new GeoVlmException(
                $"it has no prediction; its fields are: {row.FieldNames}; looked for: {PredictionRow.PredictionNames}"
            );
        return new Prediction(sample, Read(written, row.Get("boxes"), sample, frame));
    }

    /// <summary>What was asked, and the frame in which the answer writes coordinates.</summary>
    /// <exception cref="GeoVlmException">The row lacks something.</exception>
    public (Sample Sample, CoordinateFrame Frame) ReadSample(PredictionRow row, PredictionRow truth, string id, bool answersAreReferences)
    {
        var (width, height) = (row.Size("width") ?? truth.Size("width"), row.Size("height") ?? truth.Size("height"));
        sizeUnknown |= width is null || height is null;
        string frameName = row.Text("frame") ?? options.Frame ?? (earthDial ? "percent" : "pixels");
        int side = earthDial || frameName == "percent" ? 100 : UnknownSide;
        var image = new GeoImage(
            id,
            width ?? side,
            height ?? side,
            () => throw new GeoVlmException($"'{id}' is a row of predictions, which has no picture.")
        );
        if (options.Task is EoTask.ChangeDetection or EoTask.DisasterDetection && (long)image.Width * image.Height > MaximumPixels)
            throw new GeoVlmException(
                $"its picture of {image.Width} × {image.Height} is above {MaximumPixels:N0} pixels, too large to paint"
            );
        var frame = PredictionFrames.Parse(frameName, image.Width, image.Height);
        var truthFrame =
            truth.Text("reference_frame") is { } other ? PredictionFrames.Parse(other, image.Width, image.Height)
            : ReferenceEquals(row, truth) ? frame
            : PredictionFrames.Parse(truth.Text("frame") ?? options.Frame ?? "pixels", image.Width, image.Height);

        var references = truth.References(answersAreReferences);
        var given = truth.ReferenceBoxes;
        if (options.Task == EoTask.ChangeDetection && (truth.Get("reference_mask") ?? truth.Get("gt_mask")) is { } mask)
        {
            var changed = RowMask.Read(mask, width, height);
            var found = changed.ComponentBoxes().Select(b => new LabelledBox(b, "change"));
            return (
                new Sample(
                    id,
                    options.Task,
                    [image],
                    row.Text("question") ?? "",
                    new BoxesAnswer([.. found], CoordinateFrame.Original(image.Width, image.Height))
                )
                {
                    ChangeMask = changed,
                    Attributes = Attributes(row, truth, []),
                },
                frame
            );
        }
        if (references.Count == 0 && given is null && truth.Get("obj_ids") is null)
            throw new GeoVlmException(
                $"it has no reference, and none was given with --references; its fields are: {truth.FieldNames}; looked for: {PredictionRow.ReferenceNames}"
            );
        // No label at all may be the truth of several; nothing said is the truth of no question and no picture.
        bool mayBeEmpty = boxes || earthDial || options.Task == EoTask.MultiLabelClassification;
        if (!mayBeEmpty && references.Count > 0 && references.All(r => string.IsNullOrWhiteSpace(PredictionRow.Flat(r))))
            throw new GeoVlmException("its reference is empty");
        // Beside boxes given apart, other fields hold words: a label, or the text that the boxes ground.
        List<Answer> answers =
            given is null || options.Task == EoTask.GroundedCaption ? [.. references.Select(r => Reference(r, truthFrame))] : [];
        if (given is { } array)
            answers = [Combined(answers.FirstOrDefault(), Boxes(PredictionRow.Flat(array), truthFrame))];
        else if (answers.Count == 0)
            answers = [Combined(null, Boxes(truth.Text("obj_ids")!, truthFrame))];
        var sample = new Sample(id, options.Task, [image], row.Text("question") ?? "", answers[0])
        {
            OtherReferences = [.. answers.Skip(1)],
            Attributes = Attributes(row, truth, references),
        };
        return (sample, frame);
    }

    private ParsedCompletion Read(string written, JsonElement? given, Sample sample, CoordinateFrame frame)
    {
        var parser = RubricCatalogue.For(options.Task).Parser;
        // Systems without think and answer tags write the answer alone.
        bool tagged = written.Contains(ResponseFormat.AnswerClose, StringComparison.Ordinal);
        var parsed = tagged
            ? CompletionParser.Parse(written, parser, sample, frame)
            : new ParsedCompletion(written, false, "", null, null) { WrittenAnswer = written, WrittenFrame = frame };
        string answer = parsed.WrittenAnswer ?? written;
        if (given is { } array)
            return parsed with { Answer = Combined(new TextAnswer(answer), Boxes(PredictionRow.Flat(array), frame)) };
        if (boxes)
        {
            var found = Boxes(answer, frame);
            if (found.Objects.Count > 0)
                return parsed with { Answer = Combined(new TextAnswer(answer.Trim()), found.In(sample.Frame)), Failure = null };
        }
        if (tagged)
            return parsed;
        parser.TryParse(answer, frame, out var read, out var failure);
        if (read is BoxesAnswer objects)
            read = objects.In(sample.Frame);
        return parsed with { Answer = read, Failure = failure };
    }

    private Answer Reference(JsonElement value, CoordinateFrame frame)
    {
        if (
            value.ValueKind == JsonValueKind.Array
            && options.Task == EoTask.MultiLabelClassification
            && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
        )
            return new LabelsAnswer([.. value.EnumerateArray().Select(v => v.GetString()!)]);
        string text = PredictionRow.Flat(value);
        if (!boxes)
            return new TextAnswer(text);
        var found = Boxes(text, frame);
        if (found.Objects.Count == 0 && options.Task != EoTask.GroundedCaption && text.AsSpan().Trim() is not ("[]" or "" or "[[]]"))
            throw new GeoVlmException(
                $"its reference holds no box: found '{(text.Length > 60 ? text[..60] + "…" : text)}', expected [x1,y1,x2,y2] or [x1,y1,x2,y2,angle]"
            );
        return Combined(new TextAnswer(text), found);
    }

    private Answer Combined(Answer? words, BoxesAnswer found) =>
        options.Task == EoTask.GroundedCaption
            ? new GroundedTextAnswer(
                PublishedBoxes.TextWithout((words as TextAnswer)?.Text ?? (words as GroundedTextAnswer)?.Text ?? ""),
                found
            )
            : found;

    private BoxesAnswer Boxes(string text, CoordinateFrame frame) => RowBoxes.Read(text, frame, options.Frame is null && !earthDial);

    private Dictionary<string, string> Attributes(PredictionRow row, PredictionRow truth, IReadOnlyList<JsonElement> references)
    {
        var attributes = new Dictionary<string, string>();
        foreach (string name in (string[])[Prediction.SizeGroup, Prediction.QuestionType])
            if (
                (
                    row.Text(name)
                    ?? truth.Text(name)
                    ?? (name == Prediction.QuestionType ? row.Text("question_type") ?? truth.Text("question_type") : null)
                ) is
                { } value
            )
                attributes[name] = value;
        if (
            (earthDial || options.Task == EoTask.MultiLabelClassification)
            && references.Count > 0
            && references[0].ValueKind == JsonValueKind.String
        )
            attributes[Prediction.ReferenceText] = references[0].GetString()!;
        if (earthDial && truth.Text("obj_ids") is { } objects)
            attributes[Prediction.ReferenceBoxesText] = objects;
        return attributes;
    }
}
