using GeoVlm.Models;
using GeoVlm.Models.Hub;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Models.Hub;

public sealed class HubDownloadTests
{
    private static readonly HubModel Model = new("org/tiny");

    private readonly string cache = Directory.CreateTempSubdirectory().FullName;
    private readonly Dictionary<string, byte[]> files = Directory
        .EnumerateFiles(ModelFolder.Find(ModelFolder.Tiny, SharedFolder.Repository))
        .Where(f => !f.EndsWith("README.md", StringComparison.Ordinal))
        .ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);

    [Fact]
    public void A_model_is_fetched_once_and_a_transfer_that_broke_goes_on()
    {
        using HubStandIn hub = new(files) { BreakAfter = 1_000_000, Token = "secret" };
        HubSettings settings = new(cache, hub.Address, "secret");
        Assert.Null(Model.Find(cache));
        List<HubProgress> progress = [];
        string folder;
        using (HubDownload download = new(settings))
            folder = download.Fetch(Model, progress.Add, TestContext.Current.CancellationToken);
        Assert.Equal(folder, Model.Find(cache));
        // no pickle, nothing of a subfolder
        Assert.Equal(files.Keys.Order(), Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
        Assert.Contains("store GET /model.safetensors bytes=1000000-", hub.Requests); // resumed, and the other host saw no token
        Assert.Contains(progress, p => p.File == "model.safetensors" && p.Done == p.Total && p.Total == files["model.safetensors"].Length);
        using (Policy policy = Policy.Load(folder))
            Assert.Equal(3_081_472, policy.Model.ParameterCount);

        int before = hub.Requests.Count(r =>
            r.Contains(" GET /org", StringComparison.Ordinal) || r.StartsWith("store GET", StringComparison.Ordinal)
        );
        using (HubDownload again = new(settings))
            again.Fetch(Model, null, TestContext.Current.CancellationToken);
        Assert.Equal(
            before,
            hub.Requests.Count(r =>
                r.Contains(" GET /org", StringComparison.Ordinal) || r.StartsWith("store GET", StringComparison.Ordinal)
            )
        );
        Assert.Equal(HubStandIn.Commit, File.ReadAllText(Path.Combine(cache, "models--org--tiny", "refs", "main")));
    }

    [Fact]
    public void A_file_that_is_not_what_the_hub_says_is_thrown_away()
    {
        using HubStandIn hub = new(files) { Corrupts = true };
        using HubDownload download = new(new HubSettings(cache, hub.Address));
        string message = Assert.Throws<GeoVlmException>(() => download.Fetch(Model, null, TestContext.Current.CancellationToken)).Message;
        Assert.Contains("its hash is", message);
        Assert.Null(Model.Find(cache));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(cache, "models--org--tiny", "blobs"), "*.incomplete"));
    }

    [Fact]
    public void Refusals_say_what_to_do()
    {
        using HubStandIn hub = new(files) { Token = "secret" };
        string Refused(HubModel model, HubSettings settings)
        {
            return Assert
                .Throws<GeoVlmException>(() =>
                {
                    using HubDownload download = new(settings);
                    download.Fetch(model, null, TestContext.Current.CancellationToken);
                })
                .Message;
        }
        Assert.Contains("set HF_TOKEN", Refused(Model, new HubSettings(cache, hub.Address)));
        Assert.Contains("404", Refused(new HubModel("org/other"), new HubSettings(cache, hub.Address, "secret")));
        Assert.Contains("HF_HUB_OFFLINE", Refused(Model, new HubSettings(cache, hub.Address, Offline: true)));
        files.Remove("model.safetensors");
        Assert.Contains("pickles", Refused(Model, new HubSettings(cache, hub.Address, "secret")));
    }

    [Theory]
    [InlineData("org/name", "org/name", "main")]
    [InlineData("org/na.me-1@v2", "org/na.me-1", "v2")]
    [InlineData("./org/name", null, null)]
    [InlineData("org", null, null)]
    [InlineData("org/../name", null, null)]
    public void Names_of_models_are_told_from_paths(string text, string? name, string? revision)
    {
        Assert.Equal(name, HubModel.Parse(text)?.Name);
        Assert.Equal(revision, HubModel.Parse(text)?.Revision);
    }
}
