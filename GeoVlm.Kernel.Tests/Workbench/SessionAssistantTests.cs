using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;

namespace GeoVlm.Tests.Workbench;

/// <summary>The bar | in a cell is the cursor.</summary>
public sealed class SessionAssistantTests : IDisposable
{
    private readonly Session session = new(SharedFolder.Repository);

    public void Dispose() => session.Dispose();

    [Fact]
    public void CSharp_is_completed_over_the_cells_that_ran()
    {
        Run("using System.Net;\nvar größe = new List<int> { 1 };\nint Twice(int n) => 2 * n; /// doubles");
        Run("1 + 1");
        Assert.Contains("größe", Names("grö|"));
        Assert.Contains("Twice", Names("var a = Tw|"));
        Assert.Contains("AddRange", Names("größe.Add|"));
        Assert.Contains("IPAddress", Names("IPAdd|"));
        Assert.Equal("WriteLine", Names("Console.WriteL|")[0]);
        Completions found = Complete("var s = \"🛰️\"; Console.wr|");
        Assert.Equal((23, 25), (found.Start, found.End));
        Assert.Contains(found.Items, item => item is { Text: "WriteLine", Kind: "method" });
    }

    [Fact]
    public void Hover_shows_a_signature_with_its_documentation_and_brackets_the_overloads()
    {
        Assert.Contains("void Console.WriteLine()", Inspect("Console.WriteLine|")!.Text);
        Assert.Contains("int Math.Max(int val1, int val2)", Inspect("Math.Max(|")!.Text);
        Assert.Contains("Shows a value now", Inspect("dis|play(1)")!.Text);
        Assert.Null(Inspect("no_such_name|"));
        CellDiagnostic fault = Assert.Single(session.Diagnose("#!time\nvar a = nope;", TestContext.Current.CancellationToken));
        Assert.Equal((15, 19, "error", "CS0103"), (fault.Start, fault.End, fault.Severity, fault.Code));
    }

    [Fact]
    public void Magic_names_options_and_values_are_completed()
    {
        Run("#!geo-load synthetic --split train --count 2 --quiet");
        Assert.Contains("#!geo-load", Names("var a = 1;\n#!geo-l|"));
        Assert.Equal(["--split", "--seed", "--stretch", "--strict"], Names("#!geo-load --s|"));
        Assert.Equal(["change-detection"], Names("#!geo-load synthetic --tasks ref,change-d|"));
        Assert.Equal(["train"], Names("#!geo-show tr|"));
        Assert.Contains("iou", Names("#!geo-grpo train --reward format:0.3,io|"));
        Assert.Contains("notebooks/", Names("#!geo-load note|"));
        Assert.Contains("@train", Names("#!geo-load --count @|"));
        Assert.DoesNotContain("--quiet", Names("#!geo-load --quiet --|"));
        Assert.Empty(Names("#!html\nConsole.|"));
        Assert.Contains("load a dataset", Inspect("#!geo-lo|ad synthetic")!.Text);
        Assert.StartsWith("--split", Inspect("#!geo-load --spl|it train")!.Text);
    }

    private void Run(string code) =>
        Assert.Equal(CellStatus.Ok, session.Execute(code, new RecordingHost(), TestContext.Current.CancellationToken).Status);

    private string[] Names(string code) => [.. Complete(code).Items.Select(item => item.Text)];

    private Completions Complete(string code) =>
        session.Complete(code.Replace("|", ""), code.IndexOf('|'), TestContext.Current.CancellationToken);

    private Inspection? Inspect(string code) =>
        session.Inspect(code.Replace("|", ""), code.IndexOf('|'), TestContext.Current.CancellationToken);
}
