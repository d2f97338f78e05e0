using System.Text;
using System.Text.Json.Nodes;
using GeoVlm.Models.Hub;
using GeoVlm.Tests.Generation.OpenAi;
using GeoVlm.Workbench.Exporting;

namespace GeoVlm.Tests.Workbench.Exporting;

public sealed class HubUploadTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("geovlm-hub").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public HubUploadTests()
    {
        File.WriteAllText(Path.Combine(folder, "README.md"), "a card");
        File.WriteAllText(Path.Combine(folder, "model.safetensors"), "0123456789");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_folder_becomes_one_commit_with_large_files_stored_apart(bool multipart)
    {
        int commits = 0;
        StandInServer hub = null!;
        hub = new StandInServer(r =>
            r.Path switch
            {
                "/api/repos/create" => new("{\"error\": \"You already created this model repo\"}", 409),
                "/api/models/me/tiny/preupload/main" => new(
                    "{\"files\": [{\"path\": \"README.md\", \"uploadMode\": \"regular\", \"shouldIgnore\": false}, {\"path\": \"model.safetensors\", \"uploadMode\": \"lfs\"}]}"
                ),
                "/me/tiny.git/info/lfs/objects/batch" => new(
                    new JsonObject
                    {
                        ["objects"] = new JsonArray(
                            new JsonObject
                            {
                                ["actions"] = new JsonObject
                                {
                                    ["upload"] = multipart
                                        ? new JsonObject
                                        {
                                            ["href"] = $"{hub.Address}/done",
                                            ["header"] = new JsonObject
                                            {
                                                ["chunk_size"] = "6",
                                                ["00001"] = $"{hub.Address}/part1?signature=a",
                                                ["00002"] = $"{hub.Address}/part2?signature=b",
                                            },
                                        }
                                        : new JsonObject { ["href"] = $"{hub.Address}/whole?signature=a" },
                                },
                            }
                        ),
                    }.ToJsonString()
                ),
                "/api/models/me/tiny/commit/main" => Interlocked.Increment(ref commits) == 1
                    ? new("busy", 503)
                    : new("{\"commitUrl\": \"https://hub/commit/1\"}"),
                _ => new("", Headers: "ETag: \"tag\"\r\n"),
            }
        );
        using (hub)
        using (var upload = new HubUpload(Settings(hub, "a secret token")))
            Assert.Equal("https://hub/commit/1", upload.Push(folder, "me/tiny", isPublic: false, "A tiny model", Cancel));

        StandInServer.Request One(string path) => hub.Requests.Last(r => r.Path.StartsWith(path, StringComparison.Ordinal));
        Assert.Equal("""{"type":"model","name":"tiny","organization":"me","private":true}""", One("/api/repos").Body!.ToJsonString());
        string[] lines = Encoding.UTF8.GetString(One("/api/models/me/tiny/commit").Raw).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                """{"key":"header","value":{"summary":"A tiny model","description":""}}""",
                """{"key":"file","value":{"path":"README.md","content":"YSBjYXJk","encoding":"base64"}}""",
                """{"key":"lfsFile","value":{"path":"model.safetensors","algo":"sha256","oid":"84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882","size":10}}""",
            ],
            lines
        );
        var stored = hub.Requests.Where(r => r.Method == "PUT").OrderBy(r => r.Path).ToList();
        Assert.Equal("0123456789", string.Concat(stored.Select(r => Encoding.UTF8.GetString(r.Raw))));
        Assert.Equal(multipart ? 2 : 1, stored.Count);
        Assert.All(
            hub.Requests,
            r => Assert.Equal(r.Path.StartsWith("/v1/", StringComparison.Ordinal) ? "" : "Bearer a secret token", r.Authorization)
        ); // the storage gets no token
        if (multipart)
            Assert.Equal("[1, 2]", $"[{string.Join(", ", One("/v1/done").Body!["parts"]!.AsArray().Select(p => p!["partNumber"]))}]");
    }

    [Fact]
    public void Without_a_token_or_a_right_nothing_is_pushed()
    {
        using var hub = new StandInServer(_ => new("{\"error\": \"Forbidden: you must use a write token\"}", 403));
        Assert.Contains("HF_TOKEN", Assert.Throws<GeoVlmException>(() => new HubUpload(Settings(hub, null))).Message);
        using var upload = new HubUpload(Settings(hub, "a secret token"));
        Assert.Contains("owner/name", Assert.Throws<GeoVlmException>(() => upload.Push(folder, "tiny", false, "x", Cancel)).Message);
        string message = Assert.Throws<GeoVlmException>(() => upload.Push(folder, "me/tiny", false, "x", Cancel)).Message;
        Assert.Contains("write token", message);
        Assert.DoesNotContain("secret", message);
        Assert.Single(hub.Requests);
    }

    private HubSettings Settings(StandInServer hub, string? token) => new(folder, new Uri(hub.Address, "/"), token);
}
