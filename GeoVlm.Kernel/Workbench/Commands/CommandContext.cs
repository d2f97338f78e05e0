using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary>What a magic command may use of the session that runs it.</summary>
public abstract class CommandContext
{
    /// <summary>Where output goes.</summary>
    public abstract ICellHost Host { get; }

    /// <summary>Cancelled when the user interrupts the cell.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>Folder that relative paths start from: the notebook's.</summary>
    public abstract string WorkingFolder { get; }

    /// <summary>Makes a value a variable of the C# cells, with its own type; replaces one of the same name.</summary>
    public abstract void SetVariable(string name, object value);

    /// <summary>The value of a variable of the session.</summary>
    /// <exception cref="GeoVlmException">There is none of this name and type; the message lists those there are.</exception>
    public abstract T GetVariable<T>(string name)
        where T : class;

    /// <summary>The latest variable of this type, for commands whose argument was left out; null when there is none.</summary>
    public abstract T? LatestVariable<T>()
        where T : class;

    /// <summary>The visible variables of the session, oldest first.</summary>
    public abstract IReadOnlyList<SessionVariable> Variables { get; }

    /// <summary>The language of the text that the magic line stands in, as its selector names it: "csharp", "fsharp".</summary>
    public abstract string Language { get; }

    /// <summary>Line of the cell that the body of the command starts at, from 1; 0 without a body.</summary>
    public abstract int BodyLine { get; }

    /// <summary>Something that lives as long as the session, made on the first call and disposed with it; one of each type.</summary>
    public abstract T Keep<T>(Func<T> make)
        where T : class;

    /// <summary>Runs code of the user in another managed language: an interrupt may then
    /// wake it from waits, and leave it behind after 1 s.</summary>
    public abstract void RunCode(Action code);

    /// <summary>Runs a cell within the one that runs; the value of its last expression is shown.</summary>
    public abstract void RunCell(string code);

    /// <summary>Runs an action when the cell has ended, however it ended.</summary>
    public abstract void AtCellEnd(Action action);

    /// <summary>Shows a value.</summary>
    public void Display(IRenderable value, string? displayId = null) => Host.Display(value.Render(), displayId);
}
