using GeoVlm.Learning.Checks;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Learning.Checks;

public sealed class CheckFolderTests
{
    [Fact]
    public void Everything_that_the_reference_computed_is_computed_here()
    {
        var results = CheckFolder.Open(SharedFolder.Require("goldens")).Run(cancellation: TestContext.Current.CancellationToken).ToArray();
        Assert.NotEmpty(results);
        Assert.Empty(results.Where(r => !r.Passed).Select(r => $"{r.Name}: {r.Problems[0]}"));
    }

    [Fact]
    public void A_number_that_is_off_an_unknown_kind_and_an_unknown_quantity_fail()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string kl =
            """ "kind": "kl", "tolerance": {"abs": 1e-6}, "inputs": {"logps": [[-1.5, -2.5]], "old_logps": [[-1.5, -2.5]], "ref_logps": [[-1.5, -2.5]], "mask": [[1, 1]]} """;
        File.WriteAllText(
            Path.Combine(folder, "checks.json"),
            $$$"""
            {"images": {}, "checks": [
                {"name": "right", {{{kl}}}, "expect": {"k1": [[0.0, 0.0]]}},
                {"name": "off", {{{kl}}}, "expect": {"k1": [[0.0, 0.1]]}},
                {"name": "quantity", {{{kl}}}, "expect": {"k9": [[0.0, 0.0]]}},
                {"name": "kind", "kind": "divination", "tolerance": {"exact": true}}]}
            """
        );
        var results = CheckFolder.Open(folder).Run(cancellation: TestContext.Current.CancellationToken).ToDictionary(r => r.Name);
        Assert.Equal([], results["right"].Problems);
        Assert.Contains("0.1", Assert.Single(results["off"].Problems));
        Assert.Contains("k9", Assert.Single(results["quantity"].Problems));
        Assert.Contains("divination", Assert.Single(results["kind"].Problems));
    }
}
