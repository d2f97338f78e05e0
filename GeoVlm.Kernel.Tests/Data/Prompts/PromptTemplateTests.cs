using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Tests.Judging;

namespace GeoVlm.Tests.Data.Prompts;

public class PromptTemplateTests
{
    [Fact]
    public void Plain_is_the_question_alone()
    {
        var sample = Made.Boxes(EoTask.ReferredDetection, new Box(1, 2, 3, 4));
        Assert.Equal(new Prompt(sample, "detect the ship"), PromptTemplate.Plain.For(sample));
    }

    [Fact]
    public void The_papers_instruction_tells_how_to_write_boxes_only_where_boxes_are_asked_for()
    {
        string boxes = PromptTemplate.GeoVlmR1.For(Made.Boxes(EoTask.ReferredDetection, new Box(1, 2, 3, 4))).Text;
        string text = PromptTemplate.GeoVlmR1.For(Made.Text(EoTask.SceneClassification, "harbor")).Text;
        Assert.StartsWith("You are an expert in Earth Observation reasoning.", boxes);
        Assert.Contains("tags such as <think>...</think> and <answer>...</answer>, respectively.", text);
        Assert.Contains("\ndetect the ship\nWrite every box as [x1,y1,x2,y2]", boxes);
        Assert.EndsWith("\ndetect the ship", text);
    }

    [Fact]
    public void Finds_by_name_or_lists_the_names()
    {
        Assert.Same(PromptTemplate.GeoVlmR1, PromptTemplate.Find("GeoVLM-R1"));
        Assert.Contains("plain, geovlm-r1", Assert.Throws<GeoVlmException>(() => PromptTemplate.Find("r1")).Message);
    }
}
