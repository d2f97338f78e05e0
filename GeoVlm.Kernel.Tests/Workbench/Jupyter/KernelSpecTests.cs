using System.Text.Json.Nodes;
using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Tests.Workbench.Jupyter;

public class KernelSpecTests
{
    [Fact]
    public void Install_writes_what_jupyter_looks_for_and_uninstall_removes_it()
    {
        string prefix = Directory.CreateTempSubdirectory().FullName;
        string folder = KernelSpec.Install(prefix);
        Assert.Equal(Path.Combine(prefix, "share", "jupyter", "kernels", "geovlm"), folder);
        JsonNode spec = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "kernel.json")))!;
        Assert.True(Path.IsPathFullyQualified(spec["argv"]![0]!.GetValue<string>()));
        Assert.Equal("{connection_file}", spec["argv"]!.AsArray()[^1]!.GetValue<string>());
        Assert.Equal(("message", "C#"), (spec["interrupt_mode"]!.GetValue<string>(), spec["language"]!.GetValue<string>()));
        Assert.All(
            (string[])["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"],
            logo => Assert.True(new FileInfo(Path.Combine(folder, logo)).Length > 200)
        );

        Assert.Equal(folder, KernelSpec.Uninstall(prefix));
        Assert.False(Directory.Exists(folder));
        Assert.Null(KernelSpec.Uninstall(prefix));
    }

    [Fact]
    public void Another_name_serves_papermill_and_the_kernels_of_others_are_left_alone()
    {
        string prefix = Directory.CreateTempSubdirectory().FullName;
        string folder = KernelSpec.Install(prefix, ".net-csharp");
        Assert.EndsWith(".net-csharp", folder);
        Assert.Equal(folder, KernelSpec.Install(prefix, ".net-csharp"));
        File.WriteAllText(Path.Combine(folder, "kernel.json"), """{"display_name":".NET (C#)"}""");
        Assert.Contains("another program's", Assert.Throws<GeoVlmException>(() => KernelSpec.Install(prefix, ".net-csharp")).Message);
        Assert.Throws<GeoVlmException>(() => KernelSpec.Uninstall(prefix, ".net-csharp"));
        Assert.Throws<GeoVlmException>(() => KernelSpec.Uninstall(prefix, ".."));
    }

    [Theory]
    [InlineData("""{"ip":"0.0.0.0","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5}""", "loopback only")]
    [InlineData(
        """{"transport":"ipc","ip":"127.0.0.1","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5}""",
        "\"tcp\""
    )]
    [InlineData(
        """{"signature_scheme":"hmac-md5","ip":"127.0.0.1","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5}""",
        "hmac-sha256"
    )]
    [InlineData("""{"ip":"127.0.0.1"}""", "cannot be used")]
    public void A_connection_that_is_not_signed_tcp_on_loopback_is_refused(string json, string expected)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, json);
        Assert.Contains(expected, Assert.Throws<GeoVlmException>(() => ConnectionFile.Read(path)).Message);
    }
}
