using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using GeoVlm.Data;
using GeoVlm.Models.Native;
using GeoVlm.Workbench.Notebooks;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>run</c>: a notebook from top to bottom, without a browser.</summary>
internal sealed class RunCommand
{
    private readonly WorkbenchParts parts;
    private readonly IAnsiConsole console;

    private readonly Argument<string[]> notebookArgument = new("notebook")
    {
        Description = "The .ipynb or .dib files. They are not changed, unless --out names their own folder.",
        Arity = ArgumentArity.OneOrMore,
    };
    private readonly Option<string> outOption = new("--out", "-o")
    {
        Description = "Folder for the notebook with its outputs.",
        DefaultValueFactory = _ => "out",
        HelpName = "folder",
    };
    private readonly Option<string[]> parameterOption = new("--parameter", "-p")
    {
        Description = "Sets a variable after the cell tagged \"parameters\"; may be repeated.",
        HelpName = "name=value",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<bool> htmlOption = new("--html")
    {
        Description = "Also write one HTML page that needs no server (the default).",
    };
    private readonly Option<bool> noHtmlOption = new("--no-html") { Description = "Write no HTML page." };
    private readonly Option<bool> scriptOption = new("--script") { Description = "Also write the code as one C# script." };
    private readonly Option<string?> jsonOption = new("--json") { Description = "File for a summary as JSON.", HelpName = "file" };
    private readonly Option<string?> junitOption = new("--junit") { Description = "File for a summary in JUnit's XML.", HelpName = "file" };
    private readonly Option<double?> timeoutOption = new("--timeout")
    {
        Description = "Longest time of one cell, in seconds; without it there is no limit.",
        HelpName = "seconds",
        CustomParser = ParseSeconds,
    };

    private RunCommand(WorkbenchParts parts, IAnsiConsole console)
    {
        this.parts = parts;
        this.console = console;
    }

    public static Command Create(WorkbenchParts parts, IAnsiConsole console)
    {
        RunCommand run = new(parts, console);
        Command command = new("run", "Run notebooks from top to bottom and write them, with their outputs, to another folder.")
        {
            run.notebookArgument,
            run.outOption,
            run.parameterOption,
            run.htmlOption,
            run.noHtmlOption,
            run.scriptOption,
            run.jsonOption,
            run.junitOption,
            run.timeoutOption,
        };
        run.parameterOption.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1))
                result.AddError($"-p {token.Value}: write it as name=value, for example -p steps=20.");
        });
        // A mistyped option would else be taken for one more notebook, and reported after the others have run.
        run.notebookArgument.Validators.Add(result =>
        {
            string[] options = [.. command.Options.SelectMany(o => o.Aliases.Prepend(o.Name))];
            foreach (Token token in result.Tokens.Where(token => token.Value.StartsWith("--", StringComparison.Ordinal)))
                result.AddError($"run has no option {token.Value}{NearestName.Suggestion(token.Value, options)}");
        });
        command.Validators.Add(result =>
        {
            if (result.GetValue(run.htmlOption) && result.GetValue(run.noHtmlOption))
                result.AddError("--html and --no-html exclude each other.");
        });
        command.SetAction(run.Run);
        return command;
    }

    private static double? ParseSeconds(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        // Above a week a timer overflows, and nobody waits for it.
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and <= 604_800)
            return seconds;
        result.AddError($"--timeout {text}: write the seconds as a number above 0, for example --timeout 600.");
        return null;
    }

    private int Run(ParseResult parsed)
    {
        string[] paths = parsed.GetRequiredValue(notebookArgument);
        using CancellationTokenSource interrupt = new();
        using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            signal =>
            {
                signal.Cancel = !interrupt.IsCancellationRequested; // a second Ctrl-C ends the process; what was done is on disk
                interrupt.Cancel();
            }
        );
        List<(string Path, RunOutcome Outcome)> runs = [];
        foreach (string path in paths)
        {
            if (interrupt.IsCancellationRequested)
                break;
            if (paths.Length > 1)
                console.WriteLine(path);
            runs.Add((path, Run(parsed, path, interrupt.Token)));
        }
        RunSummary summary = new(runs);
        if (parsed.GetValue(jsonOption) is { } json)
            Write(json, NotebookJson.Write(summary.ToJson()));
        if (parsed.GetValue(junitOption) is { } junit)
            Write(junit, summary.ToJUnit());
        return runs.All(run => run.Outcome.Failure is null) && runs.Count == paths.Length ? ExitCode.Success : ExitCode.Failure;
    }

    private RunOutcome Run(ParseResult parsed, string path, CancellationToken interrupt)
    {
        NotebookFile notebook = NotebookFile.Read(path);
        foreach (string warning in NotebookParameters.Inject(notebook, Parameters(parsed), path))
            console.MarkupLine($"[yellow]Warning:[/] {Markup.Escape(warning)}");

        string output = Path.Combine(parsed.GetRequiredValue(outOption), Path.GetFileNameWithoutExtension(path) + ".ipynb");
        TimeSpan? timeout = parsed.GetValue(timeoutOption) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        RunOutcome outcome = TerminalProgress.Follow(
            console,
            progress =>
                new NotebookRunner(parts.NewSession, () => TorchRuntime.HasGpu).Run(notebook, folder, output, progress, timeout, interrupt)
        );

        if (outcome.Failure is { } failure)
            ShowFailure(failure);
        console.WriteLine($"Wrote {output}");
        if (!parsed.GetValue(noHtmlOption))
            Write(Path.ChangeExtension(output, ".html"), parts.RenderHtml(notebook.Json, Path.GetFileNameWithoutExtension(output)));
        if (parsed.GetValue(scriptOption))
            Write(Path.ChangeExtension(output, ".csx"), NotebookScript.Write(notebook));
        return outcome;
    }

    private void Write(string path, string text)
    {
        OutputFile.Write(path, text);
        console.WriteLine($"Wrote {path}");
    }

    private void ShowFailure(CellFailure failure)
    {
        console.MarkupLine($"[red]Cell {failure.Number} failed:[/] {Markup.Escape(failure.Error.Name)}");
        int line = 0;
        foreach (string text in failure.Source.TrimEnd().Split('\n'))
            console.MarkupLine($"[grey]{++line, 4} |[/] {Markup.Escape(text)}");
        foreach (string text in failure.Error.Traceback)
            console.WriteLine(text);
    }

    private List<KeyValuePair<string, string>> Parameters(ParseResult parsed) =>
        [
            .. (parsed.GetValue(parameterOption) ?? [])
                .Select(text => text.Split('=', 2))
                .Select(parts => KeyValuePair.Create(parts[0], FromHere(parts[1]))),
        ];

    // A path is typed as seen from the shell, while cells start from the notebook's folder.
    private static string FromHere(string value) =>
        (value.Contains('/') || value.StartsWith('.')) && (Directory.Exists(value) || File.Exists(value)) ? Path.GetFullPath(value) : value;
}
