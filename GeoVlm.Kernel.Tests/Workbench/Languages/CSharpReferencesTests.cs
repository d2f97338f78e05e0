using GeoVlm.Workbench.Languages;

namespace GeoVlm.Tests.Workbench.Languages;

public sealed class CSharpReferencesTests
{
    [Fact]
    public void EveryPublicNameCanBeWrittenWithoutItsNamespace()
    {
        var names = typeof(CSharpReferences)
            .Assembly.GetExportedTypes()
            .Where(type => !type.IsNested && type.Namespace?.StartsWith("GeoVlm", StringComparison.Ordinal) == true)
            .Select(type =>
                type.Name.Split('`')[0] + (type.IsGenericType ? $"<{new string(',', type.GetGenericArguments().Length - 1)}>" : "")
            );
        string code = string.Concat(names.Select(name => $"_ = typeof({name});\n"));
        var problems = CSharpChain
            .Begin(Environment.CurrentDirectory)
            .Write(code, "cell", [])
            .GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        Assert.Equal("", string.Join('\n', problems.Select(problem => problem.GetMessage())));
    }

    [Fact]
    public void AssembliesThatOnlyForwardAreLeftOutUnlessSomethingNeedsThem()
    {
        string[] needed = [.. CSharpReferences.Needed.Select(path => Path.GetFileNameWithoutExtension(path))];
        Assert.DoesNotContain("System.Globalization", needed);
        Assert.Contains("System.Runtime", needed); // forwards as well, and what packages refer to
        Assert.Contains("GeoVlm.Kernel", needed);
        Assert.Equal(needed.Length, needed.Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }
}
