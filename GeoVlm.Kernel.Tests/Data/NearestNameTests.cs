using GeoVlm.Data;

namespace GeoVlm.Tests.Data;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("vqa", "visual-question-answering")]
    [InlineData("refered-detection", "referred-detection")]
    [InlineData("grounded", "grounded-caption")]
    public void A_task_is_suggested_by_its_initials_its_beginning_and_despite_a_slip(string written, string meant) =>
        Assert.Contains($"Did you mean '{meant}'?", Assert.Throws<GeoVlmException>(() => EoTaskNames.Parse(written)).Message);

    [Fact]
    public void What_is_near_nothing_suggests_nothing() =>
        Assert.DoesNotContain("Did you mean", Assert.Throws<GeoVlmException>(() => EoTaskNames.Parse("weather")).Message);
}
