using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.Workbench.Commands;

public sealed class MagicLineTests
{
    private sealed class Sample : IMagicCommand
    {
        public string Name => "#!sample";
        public string Summary => "A sample.";
        public IReadOnlyList<MagicOption> Options { get; } =
        [
            new("dataset", "Name of a dataset.", Required: true),
            new("--split", "Part.", Default: "train") { Choices = ["train", "heldout"] },
            new("--count", "How many.", MagicOptionKind.Integer),
            new("--rate", "Learning rate.", MagicOptionKind.Number),
            new("--quiet", "Says nothing.", MagicOptionKind.Flag),
            new("--title", "A title."),
            new("--vary", "A list.") { Joint = ';' },
        ];
        public IReadOnlyList<string> Examples => [];
        public string CSharp => "";

        public void Run(MagicArguments arguments, CommandContext context) => throw new NotSupportedException();
    }

    private static MagicArguments Bind(string line, Func<string, string>? variable = null) =>
        MagicLine.Parse(line).Bind(new Sample(), variable ?? (name => name + "!"));

    [Fact]
    public void ReadsEveryForm()
    {
        MagicArguments a = Bind("#!sample   \"my data\" --count=3  --rate -1e-4\t--quiet --title 'it is # \"good\"' # a comment --count x");
        Assert.Equal(
            ("my data", "train", 3, -1e-4, true, "it is # \"good\""),
            (a.Required("dataset"), a.Text("--split"), a.Integer("--count"), a.Number("--rate"), a.Flag("--quiet"), a.Text("--title"))
        );
    }

    [Fact]
    public void APositionalArgumentMayBeNamed() => Assert.Equal("d", Bind("#!sample --count 3 --dataset d").Required("dataset"));

    [Fact]
    public void AListMayBeGivenPieceByPiece() =>
        Assert.Equal("beta=0|1;group=4|8;lr!", Bind("#!sample d --vary \"beta=0|1\" --vary \"group=4|8\" --vary @lr").Required("--vary"));

    [Fact]
    public void RunsToCompareMayBePartedByBlanks() =>
        Assert.Equal("a,b c,d", MagicLine.Parse("#!geo-compare a \"b c\" d --window 2").Bind(new GeoCompareCommand()).Required("runs"));

    [Theory]
    [InlineData("--title=\"a b\"", "a b")]
    [InlineData("--title \"say \\\"hi\\\" \\\\ C:\\x\"", "say \"hi\" \\ C:\\x")]
    [InlineData("--title \"--count\"", "--count")]
    [InlineData("--title \"@name\"", "@name")]
    [InlineData("--title @name", "name!")]
    [InlineData("--title=@name", "name!")]
    [InlineData("--title #ff0000", "#ff0000")]
    [InlineData("--title \"\"", "")]
    public void ReadsText(string words, string expected) => Assert.Equal(expected, Bind("#!sample d " + words).Text("--title"));

    [Theory]
    [InlineData("#!sample", "dataset is missing: Name of a dataset")]
    [InlineData(
        "#!sample d --cuont 3",
        "unknown option --cuont; did you mean --count? (it has --split, --count, --rate, --quiet, --title, --vary)"
    )]
    [InlineData("#!sample d --count", "--count needs a value: How many")]
    [InlineData("#!sample d --count --quiet", "--count needs a value: How many")]
    [InlineData("#!sample d --count 3.5", "--count wants a whole number, found '3.5'")]
    [InlineData("#!sample d --rate fast", "--rate wants a number such as 0.5 or 1e-4, found 'fast'")]
    [InlineData("#!sample d --split heldut", "--split cannot be 'heldut'; did you mean heldout? (one of train, heldout)")]
    [InlineData("#!sample d --quiet=no", "--quiet takes no value: write it to switch it on, leave it out otherwise")]
    [InlineData("#!sample d e", "'e' is one argument too many; it takes dataset")]
    [InlineData("#!sample d --title a --title b", "--title is given twice")]
    [InlineData(
        "#!sample --count x --rate y",
        "--count wants a whole number, found 'x'; --rate wants a number such as 0.5 or 1e-4, found 'y'; dataset is missing: Name of a dataset"
    )]
    public void SaysWhatIsWrong(string line, string problem) =>
        Assert.Equal($"#!sample: {problem}. `#!sample --help` shows its options", Assert.Throws<GeoVlmException>(() => Bind(line)).Message);

    [Theory]
    [InlineData("#!sample d; 1 + 1")]
    [InlineData("#!sample d \\")]
    [InlineData("#!sample \"d")]
    public void RefusesWhatIsNoMagicLine(string line) => Assert.Throws<GeoVlmException>(() => Bind(line));

    [Fact]
    public void AVariablesTextIsCheckedWhenTheLineRuns()
    {
        MagicLine line = MagicLine.Parse("#!sample d --count @n");
        line.Bind(new Sample());
        Assert.Equal(7, line.Bind(new Sample(), _ => "7").Integer("--count"));
        Assert.Contains("found 'x'", Assert.Throws<GeoVlmException>(() => line.Bind(new Sample(), _ => "x")).Message);
    }
}
