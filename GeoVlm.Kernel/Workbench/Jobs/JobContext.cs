using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Jobs;

/// <summary>What a command may use once it works in the background: its own output and token;
/// variables are kept for the session's next <c>#!geo-job</c>.</summary>
/// <param name="start">The context of the cell that began it.</param>
/// <param name="output">Where it shows things.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class JobContext(CommandContext start, JobOutput output, CancellationToken cancellation) : CommandContext
{
    private const string NotHere = "A job works beside the session's cells: it reads variables before it begins, and runs no cells.";

    /// <inheritdoc/>
    public override ICellHost Host => output;

    /// <inheritdoc/>
    public override CancellationToken Cancellation => cancellation;

    /// <inheritdoc/>
    public override string WorkingFolder => start.WorkingFolder;

    /// <inheritdoc/>
    public override string Language => start.Language;

    /// <inheritdoc/>
    public override int BodyLine => start.BodyLine;

    /// <inheritdoc/>
    public override IReadOnlyList<SessionVariable> Variables => throw new InvalidOperationException(NotHere);

    /// <inheritdoc/>
    public override void SetVariable(string name, object value) => output.SetVariable(name, value);

    /// <inheritdoc/>
    public override T GetVariable<T>(string name) => throw new InvalidOperationException(NotHere);

    /// <inheritdoc/>
    public override T? LatestVariable<T>()
        where T : class => throw new InvalidOperationException(NotHere);

    /// <inheritdoc/>
    public override T Keep<T>(Func<T> make) => start.Keep(make);

    /// <inheritdoc/>
    public override void RunCode(Action code) => throw new InvalidOperationException(NotHere);

    /// <inheritdoc/>
    public override void RunCell(string code) => throw new InvalidOperationException(NotHere);

    /// <inheritdoc/>
    public override void AtCellEnd(Action action) => throw new InvalidOperationException(NotHere);
}
