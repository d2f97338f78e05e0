using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Judging.Rewards;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Charts;
using GeoVlm.Rendering.Live;

namespace GeoVlm.Tests.Rendering;

/// <summary>Completions and dataset texts are written by strangers; no display may let them become markup.</summary>
public partial class HostileTextTests
{
    private static readonly string[] elements =
    [
        "div",
        "table",
        "tr",
        "tbody",
        "wbr",
        "td",
        "th",
        "span",
        "b",
        "br",
        "img",
        "svg",
        "polyline",
        "polygon",
        "circle",
        "text",
        "pre",
        "details",
        "summary",
    ];

    public static TheoryData<string> Corpus =>
        [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "' onmouseover='alert(1)",
            "</td></tr></table><svg/onload=alert(1)>",
            "<svg><animate onbegin=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<think>a</think><answer>[1,2,3,4]</answer>",
            "`\"'><!--",
            "]]><![CDATA[",
            "&lt;script&gt;",
            "\uD83D",
            "\uDC00x\uD800",
            "a\u0000b\u0008c\u001B[31m",
            "\u202Egnp.exe",
            "<\u0000script>",
            "ok\uFFFF\uFFFE",
            "\r\n\t",
            "{{7*7}}${7*7}",
            "\"}]}' data-geo=\"table\"",
            "</script><script>alert(1)</script>",
            "\\u003cscript\\u003e",
        ];

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Text_of_strangers_never_becomes_markup(string text)
    {
        foreach (var renderable in Everything(text))
        {
            var bundle = ValueRenderer.Render(renderable);
            foreach (var (type, content) in bundle.Data)
                AssertUtf8(content, $"{renderable.GetType().Name} {type}");
            AssertOnlyOurMarkup(
                bundle.Data.GetValueOrDefault(MimeBundle.Html, "").Replace(LiveScript.Element, ""),
                renderable.GetType().Name
            );
        }
    }

    [Fact]
    public void Every_rendering_is_in_the_corpus()
    {
        var drawn = Everything("x").Select(v => v.GetType()).ToHashSet();
        Assert.Empty(
            typeof(IRenderable)
                .Assembly.GetTypes()
                .Where(t =>
                    t.Namespace?.StartsWith("GeoVlm.Rendering", StringComparison.Ordinal) == true
                    && t is { IsClass: true, IsAbstract: false }
                    && t.IsAssignableTo(typeof(IRenderable))
                    && !drawn.Contains(t)
                )
                .Select(t => $"{t.Name}: add a line to MadeUpViews")
        );
    }

    [Fact]
    public void The_check_itself_sees_an_injected_handler() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            AssertOnlyOurMarkup("<img src=\"data:image/png;base64,\" onerror=\"x\">", "itself")
        );

    private static IEnumerable<object> Everything(string text)
    {
        var sample = MadeUpSamples.Detection(text: text, edge: 32) with { Id = text };
        // flat and shown small: texts are what matters here
        var image = MadeUpSamples.Flat(32, 32, metres: 1) with
        {
            Name = text,
            Rendition = text,
        };
        sample = sample with { Images = [image] };
        var boxes = MadeUpSamples.Boxes(image, text, new Box(1, 1, 20, 20));
        var reward = new RewardBreakdown(1, [new(text, 1, 0.5, text)]);
        var card = new SampleCard(sample, boxes, reward, text)
        {
            Failure = text,
            Numbers = [(text, 0.5)],
            EdgePixels = 48,
        };
        yield return new BoxOverlay(image, boxes, boxes) { PredictionNote = text, EdgePixels = 48 };
        yield return card;
        yield return new SampleCard(sample with { Reference = new TextAnswer(text) }, new TextAnswer(text)) { EdgePixels = 48 };
        yield return new Gallery([card]) { EdgePixels = 48 };
        yield return new Gallery([card]) { Captions = true, EdgePixels = 48 };
        yield return new DatasetSummary(new EoDataset(text, text, [sample], [new(text, text)]) { Source = text });
        yield return new ChangeOverlay(sample with { Images = [image, image] }, boxes, (text, 0.5)) { EdgePixels = 48 };
        yield return new LineChart(text, text, text, ChartSeries.Of(text, [1, 2]), ChartSeries.Of(text, []));
        yield return new TrainingDashboard([new(1, 0.5, 0.1, 0, 5, 10) { Extra = [(text, 1)] }], 5) { Status = text };
        yield return new Table(
            [text],
            [
                [text],
                [new TableBar(1, 1, text)],
                [new { text }],
            ]
        )
        {
            Title = text,
        };
        yield return new MetricComparison([new(text, new(0, 0, 0), new(1, 1, 1), new(1, 1, 1), 3)])
        {
            BeforeName = text,
            AfterName = text,
            Note = text,
        };
        foreach (var (_, view) in MadeUpViews.All(text, 32, 48))
            yield return view;
        yield return text;
        yield return new GeoVlmException(text);
        yield return new InvalidOperationException(text);
        yield return new[] { text };
        yield return new Dictionary<string, string> { [text] = text };
        yield return new { text };
        yield return reward;
        yield return new GeoImage(text, 20, 20, () => throw new GeoVlmException(text));
    }

    private static void AssertOnlyOurMarkup(string html, string of)
    {
        string rest = Tag()
            .Replace(
                html,
                tag =>
                {
                    Assert.True(elements.Contains(tag.Groups["name"].Value), $"{of}: {tag.Value}");
                    foreach (Capture attribute in tag.Groups["attribute"].Captures)
                        Assert.False(attribute.Value.StartsWith("on", StringComparison.OrdinalIgnoreCase), $"{of}: {tag.Value}");
                    if (tag.Groups["name"].Value == "img")
                        Assert.Contains(" src=\"data:image/", tag.Value);
                    return "";
                }
            );
        Assert.False(rest.AsSpan().ContainsAny("<>\"'`"), $"{of} leaves {HtmlText.Truncate(rest, 400)}");
    }

    private static void AssertUtf8(string content, string of)
    {
        string back = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(content));
        Assert.True(back == content, $"{of} holds half a surrogate pair");
    }

    [GeneratedRegex("</?(?<name>[a-z]+)(?: (?<attribute>[a-zA-Z-]+)=\"[^\"<>]*\")*/?>")]
    private static partial Regex Tag();
}
