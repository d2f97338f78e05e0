using System.Text.Json.Nodes;
using GeoVlm.Rendering.Live;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Tests.Workbench.Notebooks;

public class NotebookHtmlTests
{
    [Theory]
    [InlineData("[x](javascript:alert(1))", "javascript:")]
    [InlineData("[x](java&#x0A;script:alert(1))", "script:alert")]
    [InlineData("<javascript:alert(1)>", "href=\"javascript:")]
    [InlineData("[x](data:text/html,1)", "data:text")]
    [InlineData("<script>alert(1)</script>", "<script")]
    [InlineData("a <img src=x onerror=alert(1)>", "<img")]
    [InlineData("![x](https://example.org/x.png)", "<img")]
    [InlineData("# Title {onclick=alert(1)}", "<h1 onclick")]
    [InlineData("```x\" onclick=\"alert(1)\ncode\n```", "\" onclick")]
    public void Markdown_cannot_run_code_or_load_anything(string markdown, string never) =>
        Assert.DoesNotContain(never, Render(Cell("markdown", markdown)));

    [Fact]
    public void Formulas_are_drawn_by_the_browser_itself()
    {
        string html = Render(
            Cell("markdown", "With $\\beta = 0.02$:\n\n$$A_i = \\frac{r_i - \\operatorname{mean}(r)}{\\sigma^2}$$\n\nIt costs $5 or $6.")
        );
        Assert.Contains("<math><mrow><mi>β</mi><mo>=</mo><mn>0.02</mn></mrow></math>", html);
        Assert.Contains(
            "<math display=\"block\"><mrow><msub><mi>A</mi><mi>i</mi></msub><mo>=</mo><mfrac><mrow><msub><mi>r</mi><mi>i</mi></msub><mo>−</mo>"
                + "<mtext>mean</mtext><mo>(</mo><mi>r</mi><mo>)</mo></mrow><mrow><msup><mi>σ</mi><mn>2</mn></msup></mrow></mfrac></mrow></math>",
            html
        );
        Assert.Contains("It costs $5 or $6.", html);
    }

    [Theory]
    [InlineData("\\frac{")]
    [InlineData("}}{_^\\")]
    [InlineData("\\text{<img src=x onerror=alert(1)>")]
    [InlineData("\\<script>alert(1)</script>")]
    [InlineData("^^__a_b_c^d")]
    public void A_broken_or_hostile_formula_is_only_text(string tex)
    {
        string html = Render(Cell("markdown", $"see ${tex}$"));
        Assert.DoesNotContain("<img", html);
        Assert.DoesNotContain("<script", html);
        Assert.EndsWith("</html>\n", Render(Cell("markdown", "$" + string.Concat(Enumerable.Repeat("\\frac{{{", 5000)) + "$")));
    }

    [Fact]
    public void Headings_are_the_contents_and_each_link_has_its_target()
    {
        string html = Render(Cell("markdown", "# One & two\n## Data\n## Data"));
        Assert.Contains("<a href=\"#data-2\">Data</a>", html);
        Assert.Contains("<h2 id=\"data-2\">", html);
        Assert.Contains("<title>One &amp; two</title>", html);
    }

    [Fact]
    public void Every_kind_of_output_is_shown_in_its_richest_form()
    {
        string html = Render(
            Cell(
                "code",
                ["x"],
                """{"output_type":"stream","name":"stdout","text":["step 1\r","step 2\r\n","\u001b[31mred\u001b[0m <b>"]}""",
                """{"output_type":"display_data","data":{"text/html":["<table><tr><td>rich</td></tr></table>"],"text/plain":["poor"]},"metadata":{}}""",
                """{"output_type":"execute_result","execution_count":1,"data":{"image/png":"QUJD\n","text/plain":"a picture"},"metadata":{}}""",
                """{"output_type":"display_data","data":{"image/svg+xml":"<svg onload='x'/>"},"metadata":{}}""",
                """{"output_type":"display_data","data":{"application/json":{"a":1}},"metadata":{}}""",
                """{"output_type":"error","ename":"GeoVlmException","evalue":"no such folder","traceback":["\u001b[0;31mno such folder\u001b[0m"]}"""
            )
        );
        Assert.Contains("step 2\nred &lt;b&gt;", html);
        Assert.Contains("<td>rich</td>", html);
        Assert.DoesNotContain("poor", html);
        Assert.Contains("src=\"data:image/png;base64,QUJD\"", html);
        Assert.DoesNotContain("onload", html);
        Assert.Contains("&quot;a&quot;: 1", html);
        Assert.Contains("<b>GeoVlmException</b>: no such folder</pre>", html);
    }

    [Fact]
    public void The_page_forbids_scripts_and_requests_and_defuses_what_navigates()
    {
        string html = Render(
            Cell(
                "code",
                ["x"],
                """{"output_type":"display_data","data":{"text/html":"<p>a</p><script>alert(1)</script><META http-equiv=refresh content=0><iframe src=x></iframe><script src=y>"}}"""
            )
        );
        Assert.Contains("content=\"default-src 'none'; img-src data:;", html);
        Assert.Contains("<p>a</p>", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<META", html);
        Assert.DoesNotContain("<iframe", html);
    }

    [Fact]
    public void Only_the_script_of_live_displays_may_run()
    {
        string html = Render(
            Cell(
                "code",
                ["x"],
                """{"output_type":"display_data","data":{"text/html":"<div data-geo=\"table\"></div><script>(() => {})();</script><script>alert(1)</script>"}}"""
            )
        );
        Assert.Contains($"script-src {LiveScript.PolicySource};", html);
        Assert.EndsWith(LiveScript.Element + "\n</body>\n</html>\n", html);
        Assert.Equal(2, html.Split("<script").Length);
    }

    [Fact]
    public void Code_is_highlighted_and_its_text_is_kept()
    {
        string html = Render(Cell("code", ["#!geo-load synthetic --as train\n", "var s = $\"a<{1}>\"; // why\n", "int n = 0x1F;"]));
        Assert.Contains("<span class=\"m\">#!geo-load synthetic --as train</span>", html);
        Assert.Contains(
            "<span class=\"k\">var</span> s = <span class=\"s\">$&quot;a&lt;{1}&gt;&quot;</span>; <span class=\"c\">// why</span>",
            html
        );
        Assert.Contains("<span class=\"n\">0x1F</span>", html);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"cells":7}""")]
    [InlineData(
        """{"cells":[null,3,{},{"cell_type":"code","source":5,"outputs":[4,{},{"output_type":"error"},{"output_type":"stream"},{"output_type":"display_data","data":{"image/png":{}}}]}]}"""
    )]
    [InlineData("""{"cells":[{"cell_type":"markdown","source":"![a](attachment:b.png)","attachments":{"b.png":[]}}]}""")]
    public void Odd_notebooks_give_a_page(string json) =>
        Assert.EndsWith("</html>\n", NotebookHtml.Render(JsonNode.Parse(json)!.AsObject(), "t <title>"));

    private static string Render(JsonObject cell) => NotebookHtml.Render(new JsonObject { ["cells"] = new JsonArray(cell) }, "title");

    private static JsonObject Cell(string kind, string source) => new() { ["cell_type"] = kind, ["source"] = source };

    private static JsonObject Cell(string kind, string[] source, params string[] outputs) =>
        new()
        {
            ["cell_type"] = kind,
            ["execution_count"] = 1,
            ["source"] = new JsonArray([.. source.Select(s => JsonValue.Create(s))]),
            ["outputs"] = new JsonArray([.. outputs.Select(o => JsonNode.Parse(o))]),
        };
}
