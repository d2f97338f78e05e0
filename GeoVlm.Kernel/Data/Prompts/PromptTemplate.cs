namespace GeoVlm.Data.Prompts;

/// <summary>Words a sample's question as the user's turn.</summary>
/// <param name="Name">What options call it.</param>
/// <param name="Summary">One line for help.</param>
/// <param name="Word">The text of the user's turn.</param>
public sealed record PromptTemplate(string Name, string Summary, Func<Sample, string> Word)
{
    /// <summary>The question as it stands; the tiny model was fine-tuned on it.</summary>
    public static PromptTemplate Plain { get; } = new("plain", "the question alone", sample => sample.Question);

    /// <summary>GeoVLM-R1's instruction (paper, Fig. 2), the question, and how to write a box where the answer has boxes.</summary>
    /// <remarks>The instruction is quoted; the sentences on how to write boxes, labels and grids are ours, since the figure shows
    /// none.</remarks>
    public static PromptTemplate GeoVlmR1 { get; } =
        new(
            "geovlm-r1",
            "the paper's instruction, the question, how to write boxes",
            sample =>
                "You are an expert in Earth Observation reasoning. Analyze the problem carefully and provide step-by-step reasoning and the final response. "
                + $"Ensure your reasoning process and response are within tags such as {ResponseFormat.ThinkOpen}...{ResponseFormat.ThinkClose} and "
                + $"{ResponseFormat.AnswerOpen}...{ResponseFormat.AnswerClose}, respectively. Keep your explanation clear, logical, and concise.\n"
                + sample.Question
                + HowToWrite(sample)
        );

    /// <summary>The named templates.</summary>
    public static IReadOnlyList<PromptTemplate> All { get; } = [Plain, GeoVlmR1];

    /// <summary>The template of this name.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public static PromptTemplate Find(string name) =>
        All.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new GeoVlmException($"No prompt template is called '{name}'. There are: {string.Join(", ", All.Select(t => t.Name))}.");

    private static string HowToWrite(Sample sample) =>
        sample.Reference switch
        {
            BoxesAnswer when sample.Task == EoTask.OrientedDetection =>
                "\nWrite every box as [x1,y1,x2,y2,angle]: left, top, right and bottom in whole pixels of the image "
                    + "before it is turned about its center, and the angle in degrees, counter-clockwise; boxes joined by commas.",
            BoxesAnswer =>
                "\nWrite every box as [x1,y1,x2,y2]: left, top, right and bottom in whole pixels of the image, boxes joined by commas.",
            GroundedTextAnswer => "\nName each object as <ref>phrase</ref><box>[[x1,y1,x2,y2]]</box>, in whole pixels of the image.",
            PointsAnswer => "\nWrite every point as [x,y] in whole pixels of the image, points joined by commas.",
            MaskAnswer mask => $"\nWrite {mask.Grid.Height} lines of {mask.Grid.Width} digits, 1 for a changed cell and 0 for any other.",
            LabelsAnswer => "\nName every class that holds, joined by commas.",
            _ => "",
        };

    /// <summary>The prompt of a sample.</summary>
    public Prompt For(Sample sample) => new(sample, Word(sample));
}
