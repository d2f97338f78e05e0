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
}
