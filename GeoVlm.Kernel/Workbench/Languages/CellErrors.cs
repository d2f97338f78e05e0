using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace GeoVlm.Workbench.Languages;

/// <summary>Turns exceptions into what a notebook shows: a message alone for what the
/// user can mend, the user's own frames for the rest.</summary>
internal static partial class CellErrors
{
    private const int MostFrames = 20;

    /// <summary>An interrupted cell.</summary>
    /// <param name="left">What of it could not be stopped.</param>
    public static CellError Interrupted(LeftBehind left)
    {
        string message =
            "interrupted; the session and its variables live on"
            + left switch
            {
                LeftBehind.Await =>
                    ". Nothing of the cell runs any more; what it awaited was not told and may come to its own end (pass Cancellation on to stop it too, as in Task.Delay(1000, Cancellation))",
                LeftBehind.Call =>
                    ", but a call that cannot be stopped goes on in the background: restart the session if it slows things down",
                _ => "",
            };
        return new CellError("Interrupted", message, [message]);
    }

    /// <summary>The error of a cell that ended with this exception.</summary>
    /// <param name="thrown">What was thrown; wrappers of other exceptions are taken off.</param>
    /// <param name="cellFolder">Folder in the file names of cells, which frames are shown without.</param>
    public static CellError Of(Exception thrown, string cellFolder)
    {
        Exception exception = Unwrap(thrown);
        switch (exception)
        {
            case CellCompilationException compilation:
                return new CellError("CompilationError", compilation.Message, compilation.Lines());
            case GeoVlmException:
                return new CellError(exception.GetType().Name, exception.Message, [exception.Message]);
        }
        List<string> lines = [$"{exception.GetType().Name}: {exception.Message}"];
        for (Exception? inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            lines.Add($" ---> {inner.GetType().Name}: {inner.Message}");
        lines.AddRange(Frames(exception, cellFolder));
        return new CellError(exception.GetType().Name, exception.Message, lines);
    }

    private static Exception Unwrap(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions: [var first, ..] } => Unwrap(first),
            TargetInvocationException { InnerException: { } inner } => Unwrap(inner),
            TypeInitializationException { InnerException: GeoVlmException inner } => inner,
            _ => exception,
        };

    // Where it was thrown, when that is not the user's code, then the user's frames.
    private static IEnumerable<string> Frames(Exception exception, string cellFolder)
    {
        StackFrame[] frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        List<string> shown = [];
        foreach (StackFrame frame in frames)
        {
            if (frame.GetMethod() is not { } method)
                continue;
            if (IsOfCell(method))
            {
                string text = $"   at {UserName(method)} in {Place(frame, method, cellFolder)}";
                if (shown.Count == 0 || shown[^1] != text)
                    shown.Add(text);
            }
            else if (shown.Count == 0)
            {
                shown.Add($"   at {method.DeclaringType?.FullName}.{method.Name}");
            }
            if (shown.Count == MostFrames)
                break;
        }
        return shown;
    }

    private static string Place(StackFrame frame, MethodBase method, string cellFolder)
    {
        CellPlace? only = CellAssemblies.PlaceOf(method.Module.Assembly);
        string file = (frame.GetFileName() ?? only?.File) is { } path ? Path.GetRelativePath(cellFolder, path) : "cell";
        int line = frame.GetFileLineNumber() > 0 ? frame.GetFileLineNumber() : only?.Line ?? 0;
        return line > 0 ? $"{file}, line {line}" : file;
    }

    private static bool IsOfCell(MethodBase method)
    {
        Type? outermost = method.DeclaringType;
        while (outermost?.DeclaringType is { } outer)
            outermost = outer;
        return outermost?.Name.StartsWith("Submission#", StringComparison.Ordinal) == true;
    }

    // The compiler's names carry the user's between angle brackets: <F>d__3.MoveNext, <<Initialize>>g__F|0_1.
    private static string UserName(MethodBase method)
    {
        string type = method.DeclaringType?.Name ?? "",
            name = method.Name;
        if (LocalFunction().Match(name) is { Success: true } local)
            return local.Groups[1].Value;
        if (LocalFunction().Match(type) is { Success: true } asyncLocal)
            return asyncLocal.Groups[1].Value;
        if (name.Contains(">b__", StringComparison.Ordinal) || type.Contains(">b__", StringComparison.Ordinal))
            return "lambda";
        if (type.Contains("<<Initialize>>", StringComparison.Ordinal) || name.Contains("Initialize", StringComparison.Ordinal))
            return "cell";
        if (StateMachine().Match(type) is { Success: true } machine)
            return machine.Groups[1].Value;
        return type.StartsWith("Submission#", StringComparison.Ordinal) ? name : $"{type}.{name}";
    }

    [GeneratedRegex(@">g__(\w+)\|")]
    private static partial Regex LocalFunction();

    [GeneratedRegex(@"^<(\w+)>d__")]
    private static partial Regex StateMachine();
}
