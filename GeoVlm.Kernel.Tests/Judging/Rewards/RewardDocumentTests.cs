using System.Text;
using System.Text.RegularExpressions;
using GeoVlm.Judging.Rewards;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Rewards;

/// <summary>docs/rewards.md maps the field's rewards to names that exist, and lists every reward below its marker.</summary>
public partial class RewardDocumentTests
{
    private const string Marker = "## Every reward\n";

    private static string Document => Path.Combine(SharedFolder.Repository, "docs", "rewards.md");

    [Fact]
    public void The_document_lists_every_reward()
    {
        string text = File.ReadAllText(Document);
        int at = text.IndexOf(Marker, StringComparison.Ordinal);
        Assert.True(at >= 0, $"docs/rewards.md lacks \"{Marker.Trim()}\"");
        string head = text[..(at + Marker.Length)];
        if (Environment.GetEnvironmentVariable("GEOVLM_WRITE_DOCS") == "1")
            File.WriteAllText(Document, head + Table());
        else
            Assert.True(
                text[head.Length..] == Table(),
                "docs/rewards.md differs from the code: run this test once with GEOVLM_WRITE_DOCS=1 and read the diff."
            );
    }

    [Fact]
    public void Every_name_it_maps_to_exists_and_every_published_reward_is_mapped()
    {
        string text = File.ReadAllText(Document),
            mapped = text[..text.IndexOf(Marker, StringComparison.Ordinal)];
        var named = mapped
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Split(" | ").Length >= 3)
            .SelectMany(line => Name().Matches(line.Split(" | ")[1]).Select(m => m.Groups[1].Value))
            .ToHashSet();
        Assert.True(named.Count > 50, $"only {named.Count} names");
        Assert.Empty(named.Except(RewardCatalogue.All.Select(r => r.Name)));
        Assert.Empty(
            RewardCatalogue
                .All.Where(r => r.GetType().Namespace!.EndsWith("Published", StringComparison.Ordinal))
                .Select(r => r.Name)
                .Except(named)
        );
    }

    [Fact]
    public void Every_failure_it_tells_of_is_held_by_tests_that_exist()
    {
        var named = TestName().Matches(File.ReadAllText(Document)).Select(m => m.Groups[1].Value).ToHashSet();
        var tests = typeof(RewardDocumentTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Select(method => (type, method)))
            .Where(t => t.method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0) // a theory is one too
            .Select(t => $"{t.type.Name}.{t.method.Name}")
            .ToHashSet();
        Assert.Empty(named.Except(tests));
        Assert.Empty(tests.Where(t => t.StartsWith("FailureModeTests.", StringComparison.Ordinal)).Except(named));
    }

    private static string Table()
    {
        var text = new StringBuilder("\n| Reward | Pays | Known flaw, as published |\n| --- | --- | --- |\n");
        foreach (var reward in RewardCatalogue.All)
            text.Append($"| `{reward.Name}` | {reward.Summary.Replace("|", "\\|")} | {reward.KnownFlaw.Replace("|", "\\|")} |\n");
        return text.ToString();
    }

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests\\.[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex("`([a-z0-9-]+)`")]
    private static partial Regex Name();
}
