using GeoVlm.Data.Checking;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Commands;

/// <summary><c>#!geo-check</c>: what may spoil training or evaluation on a dataset, with the worst samples as pictures.</summary>
public sealed class GeoCheckCommand : IMagicCommand
{
    /// <inheritdoc/>
    public string Name => "#!geo-check";

    /// <inheritdoc/>
    public string Summary => "find leakage between splits, empty answers, impossible boxes, imbalance and mismatched pairs";

    /// <inheritdoc/>
    public IReadOnlyList<MagicOption> Options { get; } =
    [
        new("dataset", "variable with a dataset; the latest one when left out"),
        new("--images", "most images to decode and compare", MagicOptionKind.Integer, Default: "5000"),
        new("--as", "name of the variable that keeps the findings", Default: "check"),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Examples { get; } = ["#!geo-load synthetic --count 12 --quiet", "#!geo-check train"];

    /// <inheritdoc/>
    public string CSharp => "train.Check().Findings";

    /// <inheritdoc/>
    public void Run(MagicArguments arguments, CommandContext context)
    {
        if (arguments.Integer("--images") is < 0 and var images)
            throw new GeoVlmException($"--images is {images}, expected 0 or more");
        var check = SessionArguments
            .Dataset(arguments, context)
            .Check(new CheckOptions { Images = arguments.Integer("--images")!.Value, Cancellation = context.Cancellation });
        context.SetVariable(arguments.Required("--as"), check);
        context.Display(new CheckReport(check));
    }
}
