using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Workbench;

/// <summary>One live notebook: cells run one after another and share their variables.</summary>
public interface ISession : IDisposable
{
    /// <summary>Folder that relative paths in cells start from.</summary>
    string WorkingFolder { get; }

    /// <summary>Runs one cell to its end, on its own thread; blocks the caller. One cell at a time.</summary>
    /// <param name="code">C# and <c>#!</c> magic lines.</param>
    /// <param name="host">Where its output goes.</param>
    /// <param name="cancellation">Interrupts the cell; the session and its variables live on.</param>
    /// <param name="cellNumber">The number shown in error positions (In [n]).</param>
    CellResult Execute(string code, ICellHost host, CancellationToken cancellation, int cellNumber = 0);

    /// <summary>Runs a cell while another one may be running: it sees the session as it is, and
    /// what it declares joins the session when both have ended.</summary>
    /// <param name="code">C# and <c>#!</c> magic lines.</param>
    /// <param name="host">Where its output goes.</param>
    /// <param name="cancellation">Interrupts this cell.</param>
    /// <param name="cellNumber">The number shown in error positions.</param>
    CellResult ExecuteBeside(string code, ICellHost host, CancellationToken cancellation, int cellNumber = 0) =>
        Execute(code, host, cancellation, cellNumber);

    /// <summary>The channels to widgets in the page; null for a session that has none.</summary>
    CommHub? Comms => null;

    /// <summary>What may stand at the cursor.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="cancellation">Gives up.</param>
    Completions Complete(string code, int position, CancellationToken cancellation = default) => Completions.None(position);

    /// <summary>What stands at the cursor, or how the call around it may be written; null for nothing that is known.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="cancellation">Gives up.</param>
    Inspection? Inspect(string code, int position, CancellationToken cancellation = default) => null;

    /// <summary>The faults that the compiler sees before the cell runs.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="cancellation">Gives up.</param>
    IReadOnlyList<CellDiagnostic> Diagnose(string code, CancellationToken cancellation = default) => [];
}
