using System.Text;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>A notebook as one C# script (.csx): the code cells as they run, everything else as comments.</summary>
internal static class NotebookScript
{
    /// <summary>The script.</summary>
    public static string Write(NotebookFile notebook)
    {
        StringBuilder text = new();
        foreach (NotebookCell cell in notebook.Cells)
        {
            if (text.Length > 0)
                text.Append('\n');
            text.Append(cell.IsCode ? cell.Submission : "// " + cell.Source.Replace("\n", "\n// ", StringComparison.Ordinal)).Append('\n');
        }
        return text.ToString();
    }
}
