using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Languages;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Workbench;

/// <summary>A live notebook whose cells are C# and magic commands.</summary>
public sealed class Session : ISession
{
    /// <summary>What one cell may print before it is cut, in characters.</summary>
    public const long DefaultOutputLimit = 8L << 20;

    private readonly CSharpLanguage csharp;
    private readonly SessionAssistant assistant;
    private readonly SessionParts kept = new();
    private readonly long outputLimit;
    private int running;
    private CellFlag? latestFlag;

    /// <summary>Starts a session without cells.</summary>
    /// <param name="workingFolder">Folder that relative paths start from; the process's by default.</param>
    /// <param name="outputLimit">Characters that one cell may print.</param>
    /// <exception cref="GeoVlmException">The folder does not exist.</exception>
    public Session(string? workingFolder = null, long outputLimit = DefaultOutputLimit)
    {
        WorkingFolder = Path.GetFullPath(workingFolder ?? Environment.CurrentDirectory);
        if (!Directory.Exists(WorkingFolder))
            throw new GeoVlmException($"the folder {WorkingFolder} does not exist");
        this.outputLimit = outputLimit;
        CellConsole.Install();
        CellInput.Install();
        csharp = new CSharpLanguage(WorkingFolder);
        assistant = new SessionAssistant(csharp, WorkingFolder, Find);
    }

    /// <inheritdoc />
    public string WorkingFolder { get; }

    /// <summary>Loads the compiler in the background, so that a first cell waits for less (about 0.9 s of work).</summary>
    public void WarmUp() => ThreadPool.QueueUserWorkItem(_ => csharp.WarmUp());

    /// <inheritdoc />
    public CommHub Comms { get; } = new();

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">Another cell of this session is running.</exception>
    public CellResult Execute(string code, ICellHost host, CancellationToken cancellation, int cellNumber = 0)
    {
        if (Interlocked.Exchange(ref running, 1) == 1)
            throw new InvalidOperationException("A cell of this session is running already.");
        string folderBefore = Environment.CurrentDirectory;
        try
        {
            if (folderBefore != WorkingFolder)
                Environment.CurrentDirectory = WorkingFolder;
            Comms.Follow(host);
            csharp.Enter();
            return Run(code, host, cancellation, cellNumber, isBeside: false);
        }
        finally
        {
            csharp.Leave();
            if (folderBefore != WorkingFolder && Directory.Exists(folderBefore))
                Environment.CurrentDirectory = folderBefore; // the cell may have deleted it
            Volatile.Write(ref running, 0);
        }
    }

    /// <inheritdoc />
    public CellResult ExecuteBeside(string code, ICellHost host, CancellationToken cancellation, int cellNumber = 0) =>
        Run(code, host, cancellation, cellNumber, isBeside: true);

    private CellResult Run(string code, ICellHost host, CancellationToken cancellation, int cellNumber, bool isBeside)
    {
        kept.Get(() => new CellJournal()).Add(code);
        CellThread thread = new(new CellScope(host, cancellation, outputLimit, Comms), isBeside);
        SessionCommandContext context = null!;
        context = new SessionCommandContext(
            csharp,
            kept,
            host,
            WorkingFolder,
            cancellation,
            nested =>
            {
                if (RunSegments(nested, context, thread, cellNumber) is { } shown)
                    host.Display(shown);
            }
        );
        CellFlag flag = new();
        try
        {
            using CancellationTokenRegistration stage1 = cancellation.Register(flag.Raise);
            MimeBundle? value = null;
            thread.Run(() => value = RunSegments(code, context, thread, cellNumber));
            return cancellation.IsCancellationRequested
                ? new CellResult(CellStatus.Interrupted, value, CellErrors.Interrupted(LeftBehind.Nothing))
                : new CellResult(CellStatus.Ok, value, null);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            return new CellResult(CellStatus.Interrupted, null, CellErrors.Interrupted(thread.LeftBehind));
        }
        catch (Exception exception)
        {
            return new CellResult(CellStatus.Error, null, CellErrors.Of(exception, WorkingFolder));
        }
        finally
        {
            context.RunAtEnd();
            if (flag.IsRaised)
                Interlocked.Exchange(ref latestFlag, flag)?.Lower();
            else
                Interlocked.Exchange(ref latestFlag, null)?.Lower();
        }
    }

    /// <inheritdoc />
    public Completions Complete(string code, int position, CancellationToken cancellation = default) =>
        assistant.Complete(code, position, cancellation);

    /// <inheritdoc />
    public Inspection? Inspect(string code, int position, CancellationToken cancellation = default) =>
        assistant.Inspect(code, position, cancellation);

    /// <inheritdoc />
    public IReadOnlyList<CellDiagnostic> Diagnose(string code, CancellationToken cancellation = default) =>
        assistant.Diagnose(code, cancellation);

    /// <inheritdoc />
    public void Dispose()
    {
        Interlocked.Exchange(ref latestFlag, null)?.Lower();
        kept.Dispose();
        csharp.Dispose();
    }

    private MimeBundle? RunSegments(string code, SessionCommandContext context, CellThread thread, int cellNumber)
    {
        IReadOnlyList<CellSegment> segments = CellSegment.Split(code, Find);
        Validate(segments);
        MimeBundle? value = null;
        foreach (CellSegment segment in segments)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            value = null;
            if (segment.IsMagic)
                RunMagic(segment, context, thread);
            else
                value = csharp.Run(segment.Text, cellNumber > 0 ? $"In [{cellNumber}]" : "cell", thread, context.Cancellation);
        }
        return value;
    }

    // A kernel that this session is connected to has a selector of its own, which comes first.
    private IMagicCommand? Find(string name) =>
        kept.Find<KernelConnections>() is { } connections && connections.IsConnected(name[2..])
            ? new ConnectedCommand(name[2..], connections)
            : CommandCatalogue.All.FirstOrDefault(command => command.Name == name || command.Aliases.Contains(name));

    // All magic lines are checked before anything runs, so that a typing error at the end does not cost the hour before it.
    private void Validate(IReadOnlyList<CellSegment> segments)
    {
        List<string> problems = [];
        foreach (CellSegment segment in segments.Where(segment => segment.IsMagic))
        {
            try
            {
                MagicLine line = MagicLine.Parse(segment.Text);
                IMagicCommand command = Find(line.Name) ?? CommandCatalogue.Find(line.Name);
                if (!line.AsksForHelp)
                    line.Bind(command);
            }
            catch (GeoVlmException exception)
            {
                problems.Add(segments.Count > 1 ? $"line {segment.Line}: {exception.Message}" : exception.Message);
            }
        }
        if (problems.Count > 0)
            throw new GeoVlmException(string.Join('\n', problems));
    }

    private void RunMagic(CellSegment segment, SessionCommandContext context, CellThread thread)
    {
        context.Enter(segment, thread);
        MagicLine line = MagicLine.Parse(segment.Text);
        IMagicCommand command = Find(line.Name) ?? CommandCatalogue.Find(line.Name);
        if (line.AsksForHelp)
            context.Display(new CommandHelp(command));
        else if (command is IBodyCommand body)
            body.RunBody(line.Bind(command, context.TextOf), segment.Body, context);
        else
            command.Run(line.Bind(command, context.TextOf), context);
    }

    // The flag stays up until the next cell has ended, for tasks that an interrupted one left behind.
    private sealed class CellFlag
    {
        private int state; // 0, 1 raised, 2 lowered

        public bool IsRaised => Volatile.Read(ref state) == 1;

        public void Raise()
        {
            if (Interlocked.CompareExchange(ref state, 1, 0) == 0)
                CellInterrupt.Raise();
        }

        public void Lower()
        {
            if (Interlocked.CompareExchange(ref state, 2, 1) == 1)
                CellInterrupt.Lower();
        }
    }
}
