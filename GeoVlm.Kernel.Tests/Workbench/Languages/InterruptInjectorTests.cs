using GeoVlm.Workbench.Languages;

namespace GeoVlm.Tests.Workbench.Languages;

public sealed class InterruptInjectorTests
{
    private static string Inject(string code)
    {
        var compilation = CSharpChain.Begin(Environment.CurrentDirectory).Write(code, "cell", []);
        var tree = compilation.SyntaxTrees.Single();
        return InterruptInjector
            .Inject(tree.GetRoot(TestContext.Current.CancellationToken), code, compilation.GetSemanticModel(tree))
            .Replace("global::GeoVlm.Workbench.Languages.CellInterrupt.Poll();", "P", StringComparison.Ordinal)
            .Replace("global::GeoVlm.Workbench.Languages.CellInterrupt.Enter();", "E", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("while (true) ;", "while (true) {P;}")]
    [InlineData("do { } while (true);", "do {P } while (true);")]
    [InlineData(
        "for (;;)\n  foreach (var i in new int[1])\n    Console.Write(i);",
        "for (;;)\n  {Pforeach (var i in new int[1])\n    {PConsole.Write(i);}}"
    )]
    [InlineData("again: goto again;", "again:P goto again;")]
    [InlineData("int F(int n) => n;", "int F(int n) {E return n;}")]
    [InlineData("void F() =>\n  F();", "void F() {E\n  F();}")]
    [InlineData("int F() => throw new Exception();", "int F() {E throw new Exception();}")]
    [InlineData("async Task F() => await Task.Delay(1);", "async Task F() => await Task.Delay(1);")]
    [InlineData("Func<int, Func<int, int>> f = a => b => a + b;", "Func<int, Func<int, int>> f = a =>{E return b =>{E return a + b;};};")]
    [InlineData("Action<int> f = a => Console.Write(a);", "Action<int> f = a =>{E Console.Write(a);};")]
    [InlineData(
        "System.Linq.Expressions.Expression<Func<int, bool>> f = a => a > 0;",
        "System.Linq.Expressions.Expression<Func<int, bool>> f = a => a > 0;"
    )]
    [InlineData("int a = 1;", "int a = 1;")]
    public void PollsWhereverCodeCanStay(string code, string expected) => Assert.Equal(expected, Inject(code));
}
