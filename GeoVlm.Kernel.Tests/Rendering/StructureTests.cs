using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Rendering;
using GeoVlm.Rendering.Live;
using GeoVlm.Tests.House;

namespace GeoVlm.Tests.Rendering;

/// <summary>The elements of every view, as they were approved: what changes in a page is seen in a review.</summary>
public sealed partial class StructureTests
{
    private const string Variable = "GEOVLM_APPROVE_STRUCTURE",
        Approved = "GeoVlm.Kernel.Tests/Rendering/structure.txt";

    [Fact]
    public void Every_page_has_the_elements_that_were_approved()
    {
        string now = string.Concat(MadeUpViews.All("large ship").Select(v => $"{v.Name}: {Elements(v.View)}\n"));
        if (Environment.GetEnvironmentVariable(Variable) == "1")
            File.WriteAllText(SourceFiles.Absolute(Approved), now);
        foreach (var (was, shown) in SourceFiles.Read(Approved).Split('\n').Zip(now.Split('\n')))
            Assert.True(was == shown, $"approved:\n{was}\nnow:\n{shown}\nIf that is meant, run this test with {Variable}=1");
    }

    // Opening tags in order, with the kind of what moves; equal neighbours are counted.
    private static string Elements(IRenderable view)
    {
        var text = new StringBuilder();
        string html = view.Render().Data[MimeBundle.Html].Replace(LiveScript.Element, "");
        foreach (
            var run in Opening()
                .Matches(html)
                .Select(m => m.Groups[2].Success ? $"{m.Groups[1].Value}[{m.Groups[2].Value}]" : m.Groups[1].Value)
                .Aggregate(new List<(string, int)>(), Count)
        )
            text.Append(text.Length > 0 ? " " : "").Append(run.Item1).Append(run.Item2 > 1 ? $"×{run.Item2}" : "");
        return text.ToString();
    }

    private static List<(string Name, int Times)> Count(List<(string Name, int Times)> runs, string name)
    {
        if (runs.Count > 0 && runs[^1].Name == name)
            runs[^1] = (name, runs[^1].Times + 1);
        else
            runs.Add((name, 1));
        return runs;
    }

    [GeneratedRegex("<([a-z]+)(?: data-geo=\"([a-z]+)\")?")]
    private static partial Regex Opening();
}
