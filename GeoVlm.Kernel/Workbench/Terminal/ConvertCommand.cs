using System.CommandLine;
using GeoVlm.Workbench.Notebooks;
using Spectre.Console;

namespace GeoVlm.Workbench.Terminal;

/// <summary><c>convert a.dib b.ipynb</c>: between Polyglot's text format and Jupyter's, and to a page or a script.</summary>
internal static class ConvertCommand
{
    public static Command Create(WorkbenchParts parts, IAnsiConsole console)
    {
        Argument<string> from = new("from") { Description = "The notebook to read: .ipynb or .dib." };
        Argument<string> to = new("to") { Description = "The file to write: .ipynb, .html, .dib (without outputs), or .csx (code alone)." };
        to.AcceptLegalFilePathsOnly();
        Command command = new("convert", "Write a notebook in another format.") { from, to };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(to);
            NotebookFile notebook = NotebookFile.Read(parsed.GetRequiredValue(from));
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".ipynb" or ".dib":
                    notebook.Write(path);
                    break;
                case ".html":
                    OutputFile.Write(path, parts.RenderHtml(notebook.Json, Path.GetFileNameWithoutExtension(path)));
                    break;
                case ".csx":
                    OutputFile.Write(path, NotebookScript.Write(notebook));
                    break;
                case var other:
                    throw new GeoVlmException($"{path}: a notebook cannot be written as '{other}'; end it in .ipynb, .html, .dib or .csx.");
            }
            console.WriteLine($"Wrote {path}");
            return ExitCode.Success;
        });
        return command;
    }
}
