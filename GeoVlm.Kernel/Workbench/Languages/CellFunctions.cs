using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Languages;

/// <summary>The functions that every C# cell has in scope. Their names are .NET Interactive's, so that its notebooks run here.</summary>
public static class CellFunctions
{
    /// <summary>Cancelled when the user interrupts the running cell; give it to whatever takes long.</summary>
    public static CancellationToken Cancellation => CellScope.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Shows a value now, and returns a handle that can replace it later.</summary>
    public static DisplayHandle display(object? value)
    {
        CellScope scope = CellScope.Require("display");
        DisplayHandle handle = new(scope);
        scope.Display(ValueRenderer.Render(value), handle.Id, update: false);
        return handle;
    }

    /// <summary>HTML to be shown as it is: <c>display(HTML("&lt;b&gt;bold&lt;/b&gt;"))</c>, or as the last expression of a cell.</summary>
    public static MimeBundle HTML(string html) =>
        new(new Dictionary<string, string> { [MimeBundle.Html] = html, [MimeBundle.Text] = html });

    /// <summary>Removes the output of the cell so far; with <paramref name="wait"/>, only when new output comes.</summary>
    public static void clear_output(bool wait = false) => CellScope.Require("clear_output").ClearOutput(wait);

    /// <summary>Asks the user for a line of text.</summary>
    /// <exception cref="GeoVlmException">The host has nobody to ask.</exception>
    public static string input(string prompt = "") => CellScope.Require("input").Input(prompt, password: false);

    /// <summary>Asks the user for a line of text that is not shown while it is typed.</summary>
    /// <exception cref="GeoVlmException">The host has nobody to ask.</exception>
    public static string password(string prompt = "") => CellScope.Require("password").Input(prompt, password: true);
}
