using System.Collections;
using System.Reflection;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Interactive;

/// <summary>.NET Interactive, reached by the names of its types and members. The one place that knows them.</summary>
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
    }

    private Type Kernel => Type("Kernel");

    /// <summary>Makes a magic command known, with its options for completion; the handler gets the line and the invocation.</summary>
    public void AddDirective(IMagicCommand command, Action<string, InteractiveCell> handler)
    {
        object directive = Activator.CreateInstance(Type("Directives.KernelActionDirective"), command.Name)!;
        directive.GetType().GetProperty("Description")?.SetValue(directive, command.Summary);
        IList parameters = (IList)directive.GetType().GetProperty("Parameters")!.GetValue(directive)!;
        bool hasImplicit = false;
        foreach (MagicOption option in command.Options)
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
            parameters.Add(parameter);
        }
        Type invocation = Type("KernelCommandInvocation");
        Delegate bound = Delegate.CreateDelegate(
            invocation,
            new Handler(this, handler),
            typeof(Handler).GetMethod(nameof(Handler.Invoke))!
        );
        Kernel
            .GetMethods()
            .Single(method => method is { Name: "AddDirective", IsGenericMethod: false } && method.GetParameters().Length == 2)
            .Invoke(rootKernel, [directive, bound]);
    }

    /// <summary>Shows values of a type as their own renderings, each representation under its MIME type.</summary>
    public void AddFormatter(Type type, Func<object, MimeBundle> render)
    {
        Type formatter =
            AppDomain
                .CurrentDomain.GetAssemblies()
                .Append(assembly)
                .Select(candidate => candidate.GetType(Root + "Formatting.Formatter"))
                .FirstOrDefault(found => found is not null)
            ?? throw new TypeLoadException("Formatting.Formatter is missing.");
        MethodInfo register =
            formatter.GetMethod("Register", [typeof(Type), typeof(Action<object, TextWriter>), typeof(string)])
            ?? throw new MissingMemberException("Formatter.Register(Type, Action<object, TextWriter>, string) is missing.");
        foreach (string mimeType in new[] { MimeBundle.Html, MimeBundle.Text })
            register.Invoke(
                null,
                [
                    type,
                    (Action<object, TextWriter>)(
                        (value, writer) => writer.Write(render(value).Data.GetValueOrDefault(mimeType) ?? value.ToString())
                    ),
                    mimeType,
                ]
            );
    }

    /// <summary>The variables of the host's C# cells.</summary>
    public IEnumerable<(string Name, object? Value)> Variables()
    {
        object? state = CSharp()?.GetType().GetProperty("ScriptState")?.GetValue(CSharp());
        if (state?.GetType().GetProperty("Variables")?.GetValue(state) is not IEnumerable variables)
            yield break;
        foreach (object variable in variables)
            yield return (
                (string)variable.GetType().GetProperty("Name")!.GetValue(variable)!,
                variable.GetType().GetProperty("Value")!.GetValue(variable)
            );
    }

    /// <summary>Runs code in the host's C# cells.</summary>
    public void Submit(string code)
    {
        object submit = Activator.CreateInstance(Type("Commands.SubmitCode"), code, "csharp")!;
        MethodInfo send = rootKernel
            .GetType()
            .GetMethods()
            .First(method =>
                method.Name == "SendAsync" && method.GetParameters() is [var first, ..] && first.ParameterType.IsInstanceOfType(submit)
            );
        object?[] arguments =
        [
            submit,
            .. send.GetParameters()
                .Skip(1)
                .Select(parameter => parameter.ParameterType == typeof(CancellationToken) ? (object)CancellationToken.None : null),
        ];
        ((Task)send.Invoke(rootKernel, arguments)!).GetAwaiter().GetResult();
    }

    /// <summary>Publishes an event of the host: representations under a name such as "DisplayedValueProduced".</summary>
    public void Publish(object context, string eventName, MimeBundle bundle, string? id)
    {
        object command = context.GetType().GetProperty("Command")!.GetValue(context)!;
        Type formatted = Type("FormattedValue");
        Array values = Array.CreateInstance(formatted, bundle.Data.Count);
        int at = 0;
        foreach ((string mimeType, string value) in bundle.Data)
            values.SetValue(Activator.CreateInstance(formatted, mimeType, value), at++);
        ConstructorInfo constructor = Type("Events." + eventName)
            .GetConstructors()
            .OrderByDescending(made => made.GetParameters().Length)
            .First();
        object?[] arguments =
        [
            .. constructor
                .GetParameters()
                .Select(parameter =>
                    parameter.ParameterType switch
                    {
                        var type when type.IsInstanceOfType(command) && type != typeof(object) => command,
                        var type when type.IsInstanceOfType(values) && type != typeof(object) => values,
                        var type when type == typeof(string) => id,
                        _ => bundle,
                    }
                ),
        ];
        context.GetType().GetMethod("Publish")!.Invoke(context, [constructor.Invoke(arguments)]);
    }

    /// <summary>Says that the command failed.</summary>
    public static void Fail(object context, object command, string message)
    {
        MethodInfo fail =
            context.GetType().GetMethod("Fail") ?? throw new MissingMemberException("KernelInvocationContext.Fail is missing.");
        fail.Invoke(
            context,
            [
                .. fail.GetParameters()
                    .Select(parameter =>
                        parameter.ParameterType.IsInstanceOfType(command) ? command
                        : parameter.ParameterType == typeof(string) ? message
                        : (object?)null
                    ),
            ]
        );
    }

    private object? CSharp() =>
        Kernel
            .GetMethods()
            .Concat(rootKernel.GetType().GetMethods())
            .Concat(assembly.GetType(Root + "KernelExtensions")?.GetMethods() ?? [])
            .FirstOrDefault(method => method is { Name: "FindKernelByName", IsGenericMethod: false })
            is { } find
            ? find.IsStatic
                ? find.Invoke(null, [rootKernel, "csharp"])
                : find.Invoke(rootKernel, ["csharp"])
            : null;

    private Type Type(string name) => assembly.GetType(Root + name, throwOnError: true)!;

    /// <summary>What the host calls; its parameter types are wider than those of the host's delegate.</summary>
    private sealed class Handler(InteractiveHost host, Action<string, InteractiveCell> handler)
    {
        public Task Invoke(object command, object context) =>
            Task.Run(() =>
            {
                object? node = command
                    .GetType()
                    .GetProperty("DirectiveNode", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
                    ?.GetValue(command);
                string line = node?.GetType().GetProperty("Text")?.GetValue(node) as string ?? "";
                try
                {
                    handler(line, new InteractiveCell(host, context));
                }
                catch (GeoVlmException error)
                {
                    Fail(context, command, error.Message);
                }
                catch (OperationCanceledException)
                {
                    Fail(context, command, "interrupted");
                }
            });
    }
}
