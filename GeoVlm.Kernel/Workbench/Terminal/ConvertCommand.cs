using System.CommandLine;
using GeoVlm.Workbench.Notebooks;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>convert a.dib b.ipynb</c>: between Polyglot's text format and Jupyter's.</summary>
internal static class ConvertCommand
{
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> from = new("from") { Description = "The notebook to read: .ipynb or .dib." };
        Argument<string> to = new("to") { Description = "The file to write: .ipynb, .dib (without outputs), or .csx (code alone)." };
        to.AcceptLegalFilePathsOnly();
        Command command = new("convert", "Write a notebook in another format.") { from, to };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(to);
            NotebookFile notebook = NotebookFile.Read(parsed.GetRequiredValue(from));
            if (Path.GetExtension(path) == ".csx")
                File.WriteAllText(path, NotebookScript.Write(notebook));
            else
                notebook.Write(path);
            console.WriteLine($"Wrote {path}");
            return ExitCode.Success;
        });
        return command;
    }
}
