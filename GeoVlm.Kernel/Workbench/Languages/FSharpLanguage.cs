using System.Runtime.ExceptionServices;
using FSharp.Compiler.Diagnostics;
using FSharp.Compiler.Interactive;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;
using Microsoft.FSharp.Core;

namespace GeoVlm.Workbench.Languages;

/// <summary>F# cells: one F# Interactive per session, loaded with the first of them.</summary>
internal sealed class FSharpLanguage : ILanguage, IDisposable
{
    private readonly Task<Shell.FsiEvaluationSession> starting;
    private readonly StringWriter messages = new();

    /// <summary>Starts F# Interactive (about a second) in the background: an interrupted first cell leaves it to the next one.</summary>
    public FSharpLanguage(string workingFolder)
    {
        using AsyncFlowControl notOfTheCell = ExecutionContext.SuppressFlow();
        starting = Task.Run(() => Start(workingFolder));
    }

    private Shell.FsiEvaluationSession Start(string workingFolder)
    {
        string[] arguments =
        [
            "fsi",
            "--noninteractive",
            "--nologo",
            "--gui-",
            "--quiet",
            "--optimize+",
            "--multiemit-",
            "--targetprofile:netcore",
            "--usesdkrefs-",
            $"--lib:{workingFolder}",
            $"-r:{typeof(FSharpLanguage).Assembly.Location}",
        ];
        return Shell.FsiEvaluationSession.Create(
            Shell.FsiEvaluationSession.GetDefaultConfiguration(),
            arguments,
            TextReader.Null,
            messages,
            messages,
            FSharpOption<bool>.None,
            null
        );
    }

    /// <summary>Runs code and renders the value of its last expression; null where there is none.</summary>
    /// <param name="code">F#, with the line numbers of the cell.</param>
    /// <param name="context">The cell.</param>
    /// <exception cref="GeoVlmException">It does not compile.</exception>
    public MimeBundle? Run(string code, CommandContext context)
    {
        MimeBundle? shown = null;
        Shell.FsiEvaluationSession session = Session(context);
        context.RunCode(() =>
        {
            messages.GetStringBuilder().Clear();
            (FSharpChoice<FSharpOption<Shell.FsiValue>?, Exception> outcome, FSharpDiagnostic[] diagnostics) =
                session.EvalInteractionNonThrowing(code, FSharpOption<CancellationToken>.Some(context.Cancellation));
            if (outcome is FSharpChoice<FSharpOption<Shell.FsiValue>?, Exception>.Choice2Of2 failed)
                Fail(failed.Item, diagnostics, code);
            if (
                outcome is FSharpChoice<FSharpOption<Shell.FsiValue>?, Exception>.Choice1Of2 { Item: { } option }
                && option.Value is { } value
                && value.ReflectionType != typeof(Unit)
            )
                shown = ValueRenderer.Render(value.ReflectionValue);
        });
        return shown;
    }

    /// <inheritdoc />
    public object? Get(string name, CommandContext context)
    {
        Shell.FsiEvaluationSession session = Session(context);
        return session.TryFindBoundValue(name) is { } found
            ? found.Value.Value.ReflectionValue
            : throw new GeoVlmException(
                $"F# has no value {name}; it has {string.Join(", ", session.GetBoundValues().Select(bound => bound.Name).DefaultIfEmpty("none"))}"
            );
    }

    /// <inheritdoc />
    public void Set(string name, object? value, CommandContext context)
    {
        if (value is null)
            throw new GeoVlmException($"The value for {name} is null, which has no type in F#.");
        try
        {
            Session(context).AddBoundValue(name, value);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new GeoVlmException(
                $"{name} cannot be shared with F#: {error.Message} Share text, numbers, arrays, or a type of a library.",
                error
            );
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (starting.IsCompletedSuccessfully)
            ((IDisposable)starting.Result).Dispose();
    }

    private Shell.FsiEvaluationSession Session(CommandContext context)
    {
        starting.Wait(context.Cancellation);
        return starting.Result;
    }

    private static void Fail(Exception exception, FSharpDiagnostic[] diagnostics, string code)
    {
        FSharpDiagnostic[] errors = [.. diagnostics.Where(found => found.Severity == FSharpDiagnosticSeverity.Error)];
        if (errors.Length == 0)
            ExceptionDispatchInfo.Throw(exception);
        string[] lines = code.Split('\n');
        throw new GeoVlmException(
            "F#: "
                + string.Join(
                    '\n',
                    errors
                        .Take(8)
                        .Select(error =>
                        {
                            string source =
                                error.StartLine >= 1 && error.StartLine <= lines.Length
                                    ? $"\n    {lines[error.StartLine - 1].TrimEnd('\r')}\n    {new string(' ', error.StartColumn)}^"
                                    : "";
                            return $"({error.StartLine},{error.StartColumn + 1}): FS{error.ErrorNumber:0000}: {error.Message}{source}";
                        })
                )
        );
    }
}
