using System.Text.RegularExpressions;
using GeoVlm.Data.Readers;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Rewards;
using GeoVlm.Learning.Checks;
using GeoVlm.Learning.Losses;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.House;

public sealed partial class CatalogueTests
{
    [Fact]
    public void Readers() => AssertComplete(ReaderCatalogue.All, reader => reader.Name, Dashed());

    [Fact]
    public void Rewards() => AssertComplete(RewardCatalogue.All, reward => reward.Name, Dashed());

    // A metric's name heads a column, in the notation of papers: mean IoU, F1@0.5.
    [Fact]
    public void Metrics() => AssertComplete(MetricCatalogue.All, metric => metric.Name, Heading());

    [Fact]
    public void Losses() => AssertComplete(LossCatalogue.All, loss => loss.Name, LossName());

    [Fact]
    public void Checks() => AssertComplete(CheckKindCatalogue.All, kind => kind.Name, Underscored());

    [Fact]
    public void Commands() => AssertComplete(CommandCatalogue.All, command => command.Name, CommandName());

    private static void AssertComplete<T>(IReadOnlyList<T> all, Func<T, string> nameOf, Regex pattern)
        where T : notnull
    {
        string catalogue = $"{typeof(T).Name[1..]} catalogue";
        var written = typeof(T)
            .Assembly.GetTypes()
            .Where(type =>
                type is { IsClass: true, IsAbstract: false }
                && type.IsAssignableTo(typeof(T))
                && type.GetConstructor(Type.EmptyTypes) is not null
            )
            .ToArray();
        Assert.NotEmpty(written);
        SourceFiles.AssertNone(
            written.Except(all.Select(item => item.GetType())).Select(type => type.FullName!),
            $"Missing in the {catalogue}: add a line for"
        );
        SourceFiles.AssertNone(
            all.GroupBy(item => item).Where(group => group.Count() > 1).Select(group => group.Key.GetType().FullName!),
            $"Twice in the {catalogue}:"
        );
        SourceFiles.AssertNone(
            all.GroupBy(nameOf, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key),
            $"Two of the {catalogue} have one name: rename one."
        );
        SourceFiles.AssertNone(
            all.Select(nameOf).Where(name => !pattern.IsMatch(name)),
            $"Names in the {catalogue} follow {pattern}: rename"
        );
    }

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex Dashed();

    [GeneratedRegex(@"^[A-Za-z][\w.@]*( [\w.@]+)*\z")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^[a-z0-9]+(_[a-z0-9]+)*\z")]
    private static partial Regex Underscored();

    // dr_grpo is how TRL's loss_type spells it.
    [GeneratedRegex(@"^([a-z0-9]+(-[a-z0-9]+)*|dr_grpo)\z")]
    private static partial Regex LossName();

    [GeneratedRegex(@"^#!(geo(-[a-z0-9]+)+|[a-z]+)\z")]
    private static partial Regex CommandName();
}
