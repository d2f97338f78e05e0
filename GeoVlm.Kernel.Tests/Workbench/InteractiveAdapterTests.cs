using System.Reflection;
using GeoVlm.Workbench.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Tests.Workbench;

public sealed class InteractiveAdapterTests
{
    // The shape of .NET Interactive, as far as the adapter touches it.
    private const string StandIn = """
        using System; using System.Collections.Generic; using System.IO; using System.Threading; using System.Threading.Tasks;
        namespace Microsoft.DotNet.Interactive
        {
            using Commands; using Directives; using Events;
            public delegate Task KernelCommandInvocation(KernelCommand command, KernelInvocationContext context);
            public class Kernel
            {
                public static CompositeKernel Root { get; } = new();
                public Dictionary<string, (KernelActionDirective, KernelCommandInvocation)> Directives { get; } = new();
                public List<string> Submitted { get; } = new();
                public void AddDirective(KernelActionDirective d, KernelCommandInvocation h) => Directives[d.Name] = (d, h);
                public void AddDirective<T>(KernelActionDirective d, Func<T, KernelInvocationContext, Task> h) { }
                public Task<object> SendAsync(KernelCommand command, CancellationToken token) { Submitted.Add(((SubmitCode)command).Code); return Task.FromResult<object>(1); }
                public Kernel FindKernelByName(string name) => null;
            }
            public class CompositeKernel : Kernel { }
            public class KernelInvocationContext
            {
                public KernelCommand Command { get; set; } = new SubmitCode("", "");
                public CancellationToken CancellationToken => default;
                public List<KernelEvent> Events { get; } = new();
                public string Failure;
                public void Publish(KernelEvent e) => Events.Add(e);
                public void Fail(KernelCommand c, Exception e = null, string message = null) => Failure = message;
            }
            public class FormattedValue { public FormattedValue(string mimeType, string value) { MimeType = mimeType; Value = value; } public string MimeType; public string Value; }
        }
        namespace Microsoft.DotNet.Interactive.Commands
        {
            public class KernelCommand { internal Node DirectiveNode { get; set; } public void Line(string text) => DirectiveNode = new Node { Text = text }; }
            public class Node { public string Text { get; set; } }
            public class SubmitCode : KernelCommand { public SubmitCode(string code, string kernel = null) => Code = code; public string Code; }
        }
        namespace Microsoft.DotNet.Interactive.Directives
        {
            public class KernelActionDirective { public KernelActionDirective(string name) => Name = name; public string Name; public string Description { get; set; } public List<KernelDirectiveParameter> Parameters { get; } = new(); }
            public class KernelDirectiveParameter { public KernelDirectiveParameter(string name, string description = null) => Name = name; public string Name; public bool Flag { get; set; } public bool AllowImplicitName { get; set; } }
        }
        namespace Microsoft.DotNet.Interactive.Events
        {
            using Commands;
            public class KernelEvent { public IReadOnlyCollection<FormattedValue> Values; public string Id; }
            public class DisplayedValueProduced : KernelEvent { public DisplayedValueProduced(object v, KernelCommand c, IReadOnlyCollection<FormattedValue> f = null, string valueId = null) { Values = f; Id = valueId; } }
            public class DisplayedValueUpdated : KernelEvent { public DisplayedValueUpdated(object v, string valueId, KernelCommand c, IReadOnlyCollection<FormattedValue> f = null) { Values = f; Id = valueId; } }
            public class StandardOutputValueProduced : KernelEvent { public StandardOutputValueProduced(KernelCommand c, IReadOnlyCollection<FormattedValue> f = null, string valueId = null) => Values = f; }
        }
        namespace Microsoft.DotNet.Interactive.Formatting
        {
            public static class Formatter { public static List<string> Registered { get; } = new(); public static void Register(Type type, Action<object, TextWriter> f, string mimeType) => Registered.Add(type.Name + " " + mimeType); }
        }
        """;

    [Fact]
    public async Task Commands_run_show_and_set_variables_in_a_host_of_that_shape()
    {
        Assembly host = Compile();
        Assert.Contains("#!geo-load", InteractiveAdapter.Register(host));
        dynamic root = host.GetType("Microsoft.DotNet.Interactive.Kernel")!.GetProperty("Root")!.GetValue(null)!;
        dynamic context = Activator.CreateInstance(host.GetType("Microsoft.DotNet.Interactive.KernelInvocationContext")!)!;
        dynamic command = context.Command;

        command.Line("#!geo-load synthetic --split train --count 2 --tasks referred-detection");
        await (Task)root.Directives["#!geo-load"].Item2.DynamicInvoke(command, context);
        Assert.Null((string?)context.Failure);
        Assert.Contains("EoDataset train = (global::GeoVlm.Data.EoDataset)", (string)root.Submitted[0]);
        Assert.Contains(
            ((IEnumerable<dynamic>)context.Events[0].Values).Select(value => (string)value.MimeType),
            type => type == "text/html"
        );
        Assert.Equal(
            ["IRenderable text/html", "IRenderable text/plain"],
            (IEnumerable<string>)
                host.GetType("Microsoft.DotNet.Interactive.Formatting.Formatter")!.GetProperty("Registered")!.GetValue(null)!
        );

        command.Line("#!geo-load synthetic --splt train");
        await (Task)root.Directives["#!geo-load"].Item2.DynamicInvoke(command, context);
        Assert.Contains("did you mean --split", (string)context.Failure);
    }

    [Fact]
    public void A_process_of_another_host_is_told_so() =>
        Assert.Contains("GeoVlm (C#)", Assert.Throws<GeoVlmException>(() => InteractiveAdapter.Register(typeof(string).Assembly)).Message);

    private static Assembly Compile()
    {
        string[] trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Interactive.StandIn",
            [CSharpSyntaxTree.ParseText(StandIn)],
            trusted
                .Where(path => Path.GetFileName(path) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Collections.dll")
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        );
        using MemoryStream image = new();
        Assert.Empty(compilation.Emit(image).Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error));
        return Assembly.Load(image.ToArray());
    }
}
