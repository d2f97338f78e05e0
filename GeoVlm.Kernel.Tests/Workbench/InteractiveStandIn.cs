using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Tests.Workbench;

/// <summary>The shape of .NET Interactive as far as the adapter touches it, compiled anew for each test: two assemblies, as there.</summary>
internal static class InteractiveStandIn
{
    private const string Formatting = """
        using System; using System.Collections.Generic; using System.IO;
        namespace Microsoft.DotNet.Interactive.Formatting
        {
            public class FormattedValue
            {
                public FormattedValue(string mimeType, string value) { MimeType = mimeType; Value = value; }
                public string MimeType { get; } public string Value { get; }
            }
            public delegate bool FormatDelegate<T>(T value, object context);
            public static class Formatter
            {
                public static Dictionary<string, Action<object, TextWriter>> Registered { get; } = new();
                public static Dictionary<string, string> Preferred { get; } = new();
                public static void Register(Type type, FormatDelegate<object> formatter, string mimeType = "text/plain") => throw new InvalidOperationException();
                public static void Register(Type type, Action<object, TextWriter> formatter, string mimeType = "text/plain") => Registered[type.Name + " " + mimeType] = formatter;
                public static void Register<T>(Action<T, TextWriter> formatter, string mimeType = "text/plain") => throw new InvalidOperationException();
                public static void SetPreferredMimeTypesFor(Type type, params string[] preferredMimeTypes) => Preferred[type.Name] = string.Join(" ", preferredMimeTypes);
            }
        }
        """;

    private const string Host = """
        using System; using System.Collections; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks;
        using Microsoft.DotNet.Interactive.Formatting;
        namespace Microsoft.DotNet.Interactive
        {
            using Commands; using Directives; using Events;
            public delegate Task KernelCommandInvocation(KernelCommand command, KernelInvocationContext context);
            public abstract class Kernel
            {
                public static Kernel Root { get; } = new CompositeKernel();
                public Dictionary<string, (KernelActionDirective, KernelCommandInvocation)> Directives { get; } = new();
                public List<string> Submitted { get; } = new();
                // What compiles and runs code in the real host: gives the failure, or null.
                public Func<string, string> Run { get; set; } = _ => null;
                public void AddDirective(KernelActionDirective directive, KernelCommandInvocation handler) => Directives[directive.Name] = (directive, handler);
                public void AddDirective<TCommand>(KernelActionDirective directive, Func<TCommand, KernelInvocationContext, Task> handler) where TCommand : KernelCommand => throw new InvalidOperationException();
                public Task<KernelCommandResult> SendAsync(KernelCommand command, CancellationToken cancellationToken = default)
                {
                    KernelCommandResult result = new();
                    Submitted.Add(((SubmitCode)command).Code);
                    result.Events.Add(Run(((SubmitCode)command).Code) is string failure ? new CommandFailed(null, command, failure) : (KernelEvent)new CommandSucceeded(command));
                    return Task.FromResult(result);
                }
            }
            public class CompositeKernel : Kernel { public CSharpKernel CSharp { get; } = new(); }
            public class CSharpKernel : Kernel { public ScriptState ScriptState { get; } = new(); }
            public class ScriptState { public List<ScriptVariable> Variables { get; } = new(); }
            public class ScriptVariable { public string Name { get; set; } public object Value { get; set; } }
            public static class KernelExtensions { public static Kernel FindKernelByName(this Kernel kernel, string name) => name == "csharp" ? ((CompositeKernel)kernel).CSharp : null; }
            public class KernelCommandResult { public List<KernelEvent> Events { get; } = new(); }
            public class KernelInvocationContext
            {
                public SubmitCode Cell = new("");
                public CancellationTokenSource Source = new();
                public KernelCommand Command => Cell;
                public CancellationToken CancellationToken => Source.Token;
                public List<KernelEvent> Events { get; } = new();
                public string Failure;
                public void Publish(KernelEvent @event) => Publish(@event, false);
                public void Publish(KernelEvent @event, bool publishOnAmbientContextOnly) => Events.Add(@event);
                public void Fail(KernelCommand command, Exception exception = null, string message = null) => Failure = message;
            }
        }
        namespace Microsoft.DotNet.Interactive.Commands
        {
            public abstract class KernelCommand { }
            public class SubmitCode : KernelCommand { public SubmitCode(string code, string targetKernelName = null) => Code = code; public string Code { get; internal set; } public void Set(string code) => Code = code; }
            internal class DirectiveCommand : KernelCommand { internal DirectiveCommand(DirectiveNode node) => DirectiveNode = node; public DirectiveNode DirectiveNode { get; } }
            public class DirectiveNode { public string Text { get; set; } }
            public static class Make { public static KernelCommand Directive(string line) => new DirectiveCommand(new DirectiveNode { Text = line }); }
        }
        namespace Microsoft.DotNet.Interactive.Directives
        {
            public class KernelActionDirective { public KernelActionDirective(string name, string description = null) => Name = name; public string Name { get; } public ICollection<KernelDirectiveParameter> Parameters { get; } = new HashSet<KernelDirectiveParameter>(); }
            public class KernelDirectiveParameter { public KernelDirectiveParameter(string name, string description = null) => Name = name; public string Name { get; } public bool Flag { get; init; } public bool AllowImplicitName { get; init; } }
        }
        namespace Microsoft.DotNet.Interactive.Events
        {
            using Commands;
            public abstract class KernelEvent { }
            public class CommandSucceeded : KernelEvent { public CommandSucceeded(KernelCommand command) { } }
            public class CommandFailed : KernelEvent { public CommandFailed(Exception exception, KernelCommand command, string message = null) => Message = message; public string Message { get; } }
            public abstract class DisplayEvent : KernelEvent { public IReadOnlyCollection<FormattedValue> FormattedValues; public string ValueId; }
            public class DisplayedValueProduced : DisplayEvent { public DisplayedValueProduced(object value, KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues = null, string valueId = null) { FormattedValues = formattedValues; ValueId = valueId; } }
            public class DisplayedValueUpdated : DisplayEvent { public DisplayedValueUpdated(object value, string valueId, KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues = null) { FormattedValues = formattedValues; ValueId = valueId; } }
            public class StandardOutputValueProduced : DisplayEvent { public StandardOutputValueProduced(KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues = null, string valueId = null) => FormattedValues = formattedValues; }
            public class StandardErrorValueProduced : DisplayEvent { public StandardErrorValueProduced(KernelCommand command, IReadOnlyCollection<FormattedValue> formattedValues = null, string valueId = null) => FormattedValues = formattedValues; }
        }
        """;

    /// <summary>The host's assembly; the formatting one is what its events name.</summary>
    public static Assembly Compile()
    {
        AssemblyLoadContext context = new("stand-in");
        MetadataReference[] runtime =
        [
            .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Collections.dll")
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
        byte[] formatting = Emit("Microsoft.DotNet.Interactive.Formatting", Formatting, runtime);
        context.LoadFromStream(new MemoryStream(formatting));
        return context.LoadFromStream(
            new MemoryStream(Emit("Microsoft.DotNet.Interactive", Host, [.. runtime, MetadataReference.CreateFromImage(formatting)]))
        );
    }

    private static byte[] Emit(string name, string source, IEnumerable<MetadataReference> references)
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error));
        return image.ToArray();
    }
}
