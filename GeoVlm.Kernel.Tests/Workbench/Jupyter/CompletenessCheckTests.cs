using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Tests.Workbench.Jupyter;

public class CompletenessCheckTests
{
    [Theory]
    [InlineData("1+1", "complete")]
    [InlineData("", "complete")]
    [InlineData("#!geo-load a --x", "complete")]
    [InlineData("#!geo-load a\nvar a = 1;", "complete")]
    [InlineData("for (int i = 0; i < 3; i++) {", "incomplete")]
    [InlineData("var s = \"\"\"\n abc", "incomplete")]
    [InlineData("/* open", "incomplete")]
    [InlineData("int = 3 +* 2;", "invalid")]
    public void Tells_what_enter_should_do(string code, string expected) =>
        Assert.Equal(expected, CompletenessCheck.Answer(code)["status"]!.GetValue<string>());

    [Fact]
    public void The_indent_follows_open_braces() =>
        Assert.Equal("        ", CompletenessCheck.Answer("void F() {\n if (true) {")["indent"]!.GetValue<string>());
}
