using System.Collections;
using System.Reflection;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Interactive;

/// <summary>.NET Interactive's kernels, reached by the names of their types and members: directives, variables, code to run.</summary>
internal sealed class InteractiveHost
{
    private const string Root = "Microsoft.DotNet.Interactive.";
    private readonly Assembly assembly;
    private readonly object rootKernel;

    /// <summary>Finds the root kernel.</summary>
    /// <exception cref="TypeLoadException">The host has another shape.</exception>
    public InteractiveHost(Assembly assembly)
    {
        this.assembly = assembly;
        rootKernel = Kernel.GetProperty("Root")!.GetValue(null) ?? throw new MissingMemberException("Kernel.Root is null.");
        Output = new InteractiveOutput(Type);
    }

    /// <summary>What the host shows.</summary>
    public InteractiveOutput Output { get; }

    private Type Kernel => Type("Kernel");

    /// <summary>Makes a magic command known, with its options for completion; the handler gets the line and the invocation.</summary>
    public void AddDirective(IMagicCommand command, Action<string, InteractiveCell> handler)
    {
        object directive = Activator.CreateInstance(Type("Directives.KernelActionDirective"), command.Name, command.Summary)!;
        object parameters = directive.GetType().GetProperty("Parameters")!.GetValue(directive)!;
        MethodInfo add = typeof(ICollection<>).MakeGenericType(Type("Directives.KernelDirectiveParameter")).GetMethod("Add")!;
        bool hasImplicit = false;
        // The host refuses what is not in its list, and asks nobody: help has to stand there too.
        foreach (
            MagicOption option in command
                .Options.Append(new MagicOption("--help", "how it is used", MagicOptionKind.Flag))
                .Append(new MagicOption("-h", "--help for short", MagicOptionKind.Flag))
        )
        {
            object parameter = Activator.CreateInstance(
                Type("Directives.KernelDirectiveParameter"),
                option.IsPositional ? "--" + option.Name : option.Name,
                option.Summary
            )!;
            if (option.Kind == MagicOptionKind.Flag)
                parameter.GetType().GetProperty("Flag")!.SetValue(parameter, true);
            if (option.IsPositional && !hasImplicit)
                parameter.GetType().GetProperty("AllowImplicitName")!.SetValue(parameter, hasImplicit = true);
            add.Invoke(parameters, [parameter]);
        }
        Delegate bound = Delegate.CreateDelegate(
            Type("KernelCommandInvocation"),
            new Handler(Output, handler),
            typeof(Handler).GetMethod(nameof(Handler.Invoke))!
        );
        Kernel.GetMethod("AddDirective", 0, [directive.GetType(), bound.GetType()])!.Invoke(rootKernel, [directive, bound]);
    }

    /// <summary>The variables of the host's C# cells.</summary>
    public IEnumerable<(string Name, object? Value)> Variables()
    {
        object? csharp = Type("KernelExtensions").GetMethod("FindKernelByName")!.Invoke(null, [rootKernel, "csharp"]);
        object? state = csharp?.GetType().GetProperty("ScriptState")?.GetValue(csharp);
        if (state?.GetType().GetProperty("Variables")?.GetValue(state) is not IEnumerable variables)
            yield break;
        foreach (object variable in variables)
            yield return (
                (string)variable.GetType().GetProperty("Name")!.GetValue(variable)!,
                variable.GetType().GetProperty("Value")!.GetValue(variable)
            );
    }

    /// <summary>Runs code in the host's C# cells.</summary>
    /// <exception cref="GeoVlmException">It failed there.</exception>
    public void Submit(string code)
    {
        object submit = Activator.CreateInstance(Type("Commands.SubmitCode"), code, "csharp")!;
        MethodInfo send = Kernel.GetMethod("SendAsync", [Type("Commands.KernelCommand"), typeof(CancellationToken)])!;
        var running = (Task)send.Invoke(rootKernel, [submit, CancellationToken.None])!;
        running.GetAwaiter().GetResult();
        object result = running.GetType().GetProperty("Result")!.GetValue(running)!;
        foreach (object produced in (IEnumerable)result.GetType().GetProperty("Events")!.GetValue(result)!)
            if (produced.GetType().Name == "CommandFailed")
                throw new GeoVlmException(
                    $"the host could not run {code}: {produced.GetType().GetProperty("Message")!.GetValue(produced)}"
                );
    }

    private Type Type(string name) => assembly.GetType(Root + name, throwOnError: true)!;

    /// <summary>What the host calls; its parameter types are wider than those of the host's delegate.</summary>
    private sealed class Handler(InteractiveOutput output, Action<string, InteractiveCell> handler)
    {
        public Task Invoke(object command, object context) =>
            Task.Run(() =>
            {
                // The type of the command is internal, its property is not.
                object node = command.GetType().GetProperty("DirectiveNode")!.GetValue(command)!;
                InteractiveCell cell = new(output, context);
                try
                {
                    handler((string)node.GetType().GetProperty("Text")!.GetValue(node)!, cell);
                }
                catch (GeoVlmException error)
                {
                    cell.Fail(command, error.Message);
                }
                catch (OperationCanceledException)
                {
                    cell.Fail(command, "interrupted");
                }
            });
    }
}
