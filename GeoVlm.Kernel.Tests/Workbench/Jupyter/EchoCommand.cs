using GeoVlm.Workbench.Commands;

namespace GeoVlm.Tests.Workbench.Jupyter;

/// <summary>A magic command to complete; it is never run.</summary>
internal sealed class EchoCommand : IMagicCommand
{
    public string Name => "#!geo-echo";

    public string Summary => "Says it again.";

    public IReadOnlyList<MagicOption> Options => [new("text", "What to say."), new("--count", "How often."), new("--color", "In which colour.")];

    public IReadOnlyList<string> Examples => ["#!geo-echo hi"];

    public string CSharp => "";

    public void Run(MagicArguments arguments, CommandContext context) => throw new NotSupportedException();
}
