using System.Reflection;
using System.Text.RegularExpressions;
using GeoVlm.Data;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Interactive;

namespace GeoVlm.Tests.Workbench;

public sealed partial class InteractiveAdapterTests
{
    private const string Load = "#!geo-load synthetic --split train --count 2 --tasks referred-detection";
    private readonly Assembly host = InteractiveStandIn.Compile();
    private readonly dynamic root;

    public InteractiveAdapterTests()
    {
        root = Host("Kernel").GetProperty("Root")!.GetValue(null)!;
        root.Run = (Func<string, string?>)Declare;
    }

    [Fact]
    public async Task A_command_shows_and_its_variable_is_there_for_a_later_one()
    {
        Assert.Contains("#!geo-load", InteractiveAdapter.Register(host));

        dynamic loading = await Run(Load);
        Assert.Null((string?)loading.Failure);
        Assert.Contains("EoDataset train = (global::GeoVlm.Data.EoDataset)", (string)root.Submitted[0]);
        Assert.Contains("text/html", Shown(loading.Events[0]));

        dynamic checking = await Run("#!geo-check train");
        Assert.Null((string?)checking.Failure);
        Assert.NotEmpty(checking.Events);
        Assert.Contains("no variable trian; did you mean train", (string)(await Run("#!geo-check trian")).Failure);
    }

    [Fact]
    public async Task What_does_not_compile_in_the_host_fails_the_command_that_asked_for_it()
    {
        InteractiveAdapter.Register(host);
        root.Run = (Func<string, string?>)(_ => "(1,1): error CS0246: no such type");
        Assert.Contains("CS0246", (string)(await Run(Load)).Failure);
    }

    [Fact]
    public async Task Bad_values_help_and_an_interrupt_reach_the_command()
    {
        InteractiveAdapter.Register(host);
        Assert.Contains(
            "Did you mean 'referred-detection'?",
            (string)(await Run("#!geo-load synthetic --tasks refered-detection")).Failure
        );
        Assert.Contains("text/html", Shown((await Run("#!geo-load --help")).Events[0]));

        await Run(Load);
        dynamic stopped = Context("#!geo-check train");
        stopped.Source.Cancel();
        await Start("#!geo-check train", stopped);
        Assert.Equal("interrupted", (string)stopped.Failure);
    }

    [Fact]
    public async Task Text_below_a_command_that_would_take_it_is_refused_with_the_way_in_code()
    {
        InteractiveAdapter.Register(host);
        dynamic context = Context("#!geo-reward gentle --task referred-detection\n(answer, reference) => 0.5");
        await Start("#!geo-reward gentle --task referred-detection", context);
        Assert.Contains("as a cell of its own", (string)context.Failure);
        Assert.Contains("var gentle = Reward.Define", (string)context.Failure);
    }

    [Fact]
    public void The_host_knows_every_option_because_it_refuses_others_itself()
    {
        InteractiveAdapter.Register(host);
        IEnumerable<dynamic> parameters = root.Directives["#!geo-grpo"].Item1.Parameters;
        Assert.Superset(
            new HashSet<string> { "--steps", "--reward", "--help", "-h" },
            parameters.Select(parameter => (string)parameter.Name).ToHashSet()
        );
        Assert.True((bool)parameters.Single(parameter => parameter.Name == "--help").Flag);
        Assert.Single(parameters, parameter => (bool)parameter.AllowImplicitName);
    }

    [Fact]
    public void Values_are_shown_as_in_our_own_notebooks()
    {
        InteractiveAdapter.Register(host);
        Type formatter = Host("Events.DisplayedValueProduced")
            .GetConstructors()[0]
            .GetParameters()[2]
            .ParameterType.GetGenericArguments()[0]
            .Assembly.GetType("Microsoft.DotNet.Interactive.Formatting.Formatter")!;
        dynamic registered = formatter.GetProperty("Registered")!.GetValue(null)!;
        dynamic preferred = formatter.GetProperty("Preferred")!.GetValue(null)!;
        using StringWriter html = new();
        RgbImage image = new(2, 2, new byte[12]);
        registered["RgbImage text/html"](image, html);
        Assert.Equal(ValueRenderer.Render(image).Data[MimeBundle.Html], html.ToString());
        Assert.Equal("text/html text/plain", (string)preferred["EoDataset"]);
    }

    [Fact]
    public void A_process_of_another_host_is_told_so() =>
        Assert.Contains("GeoVlm (C#)", Assert.Throws<GeoVlmException>(() => InteractiveAdapter.Register(typeof(string).Assembly)).Message);

    [Fact]
    public void Native_libraries_are_found_below_the_assembly_by_the_names_that_callers_give()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        Assert.NotEqual(0, NativeFolder.Find(folder, "libSkiaSharp"));
        Assert.NotEqual(0, NativeFolder.Find(folder, "duckdb"));
        Assert.Equal(0, NativeFolder.Find(folder, "libnothing"));
    }

    private Type Host(string name) => host.GetType("Microsoft.DotNet.Interactive." + name, throwOnError: true)!;

    private dynamic Context(string cell)
    {
        dynamic context = Activator.CreateInstance(Host("KernelInvocationContext"))!;
        context.Cell.Set(cell);
        return context;
    }

    private async Task<dynamic> Run(string line)
    {
        dynamic context = Context(line);
        await Start(line, context);
        return context;
    }

    private Task Start(string line, object context)
    {
        object command = Host("Commands.Make").GetMethod("Directive")!.Invoke(null, [line])!;
        Delegate handler = root.Directives[line.Split(' ')[0]].Item2;
        return (Task)handler.DynamicInvoke(command, context)!;
    }

    // What the host's compiler would do with the declaration of a variable.
    private string? Declare(string code)
    {
        Match declaration = Declaration().Match(code);
        Assert.True(declaration.Success, code);
        dynamic variable = Activator.CreateInstance(Host("ScriptVariable"))!;
        variable.Name = declaration.Groups["name"].Value;
        variable.Value = InteractiveValues.Take(declaration.Groups["key"].Value);
        root.CSharp.ScriptState.Variables.Add(variable);
        return null;
    }

    [GeneratedRegex("""^\S+ (?<name>\w+) = \(\S+\)global::GeoVlm\.Workbench\.Interactive\.InteractiveValues\.Take\("(?<key>\w+)"\);$""")]
    private static partial Regex Declaration();

    private static IEnumerable<string> Shown(dynamic shown) =>
        ((IEnumerable<dynamic>)shown.FormattedValues).Select(value => (string)value.MimeType);
}
