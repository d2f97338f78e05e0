using GeoVlm.Rendering;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Tests.Workbench;

/// <summary>
/// A session without a compiler: each line of a cell is one order, such as <c>print hi</c>, <c>show id text</c>,
/// <c>update id text</c>, <c>value 42</c>, <c>fail boom</c>, <c>wait</c> (until interrupted), <c>ask prompt</c>. Anything else is ignored.
/// </summary>
internal sealed class ScriptedSession(string workingFolder) : ISession
{
    public string WorkingFolder => workingFolder;

    public List<string> Executed { get; } = [];

    public CellResult Execute(string code, ICellHost host, CancellationToken cancellation, int cellNumber = 0)
    {
        Executed.Add(code);
        MimeBundle? value = null;
        foreach (string line in code.Split('\n'))
        {
            string[] words = line.Split(' ', 3);
            string rest = line.Contains(' ') ? line[(line.IndexOf(' ') + 1)..] : "";
            switch (words[0])
            {
                case "print":
                    host.Stream(StreamKind.Stdout, rest + "\n");
                    break;
                case "warn":
                    host.Stream(StreamKind.Stderr, rest + "\n");
                    break;
                case "show":
                    host.Display(MimeBundle.OfText(words[2]), words[1]);
                    break;
                case "update":
                    host.UpdateDisplay(MimeBundle.OfText(words[2]), words[1]);
                    break;
                case "clear":
                    host.ClearOutput(wait: rest == "wait");
                    break;
                case "value":
                    value = MimeBundle.OfText(rest);
                    break;
                case "json":
                    value = new MimeBundle(new Dictionary<string, string> { [MimeBundle.Text] = "json", [MimeBundle.Json] = rest });
                    break;
                case "fail":
                    return new CellResult(CellStatus.Error, null, new CellError("Boom", rest, [rest]));
                case "sleep":
                    Thread.Sleep(int.Parse(rest));
                    break;
                case "ask":
                    try
                    {
                        host.Stream(StreamKind.Stdout, "got " + host.Input(rest, password: false) + "\n");
                    }
                    catch (GeoVlmException error)
                    {
                        return new CellResult(CellStatus.Error, null, new CellError("GeoVlmException", error.Message, [error.Message]));
                    }
                    break;
                case "wait":
                    cancellation.WaitHandle.WaitOne();
                    break;
            }
            if (cancellation.IsCancellationRequested)
                return new CellResult(CellStatus.Interrupted, null, new CellError("Interrupted", "interrupted", ["interrupted"]));
        }
        return new CellResult(CellStatus.Ok, value, null);
    }

    // The word before the cursor, with an x more.
    public Completions Complete(string code, int position, CancellationToken cancellation = default)
    {
        int start = code.LastIndexOfAny([' ', '\n'], Math.Max(0, position - 1)) + 1;
        return start >= position
            ? Completions.None(position)
            : new Completions(start, position, [new(code[start..position] + "x", "method")]);
    }

    /// <summary>Inspecting <c>hold</c> ends when it is set.</summary>
    public ManualResetEventSlim Release { get; } = new();

    public Inspection? Inspect(string code, int position, CancellationToken cancellation = default)
    {
        if (code.StartsWith("throw", StringComparison.Ordinal))
            throw new InvalidOperationException("no inspection");
        if (code == "hold")
            Release.Wait(cancellation);
        return new($"about {code}", $"*{code}*");
    }

    public CommHub Comms { get; } = new();

    public void Dispose() { }
}
