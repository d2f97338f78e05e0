using GeoVlm.Data;
using GeoVlm.Data.Checking;
using GeoVlm.Rendering.Blocks;

namespace GeoVlm.Rendering;

/// <summary>What a check of a dataset found, with the worst samples as pictures.</summary>
/// <param name="Check">What was found.</param>
public sealed record CheckReport(DatasetCheck Check) : IRenderable
{
    /// <summary>Pictures of each finding.</summary>
    public int PicturesEach { get; init; } = 4;

    private const int MostFindingsDrawn = 4;

    /// <inheritdoc/>
    public MimeBundle Render()
    {
        var blocks = new List<Block>
        {
            new TextBlock($"{Check.Samples:N0} samples, {Check.Images:N0} images compared: {Verdict()}", size: 15, bold: true),
        };
        if (Check.Findings.Count > 0)
            blocks.Add(
                new TableBlock(
                    ["", "kind", "found"],
                    [
                        .. Check.Findings.Select(f =>
                            new Cell[]
                            {
                                new(f.Severity.ToString().ToLowerInvariant())
                                {
                                    Highlight = f.Severity == CheckSeverity.Error ? Palette.Vermillion : null,
                                },
                                new(f.Kind),
                                new(HtmlText.Truncate(f.What, 400)),
                            }
                        ),
                    ]
                )
            );
        foreach (
            var finding in Check
                .Findings.Where(f => f.Kind != DuplicateImages.Unreadable && f.Samples.Any(CanBeDrawn))
                .Take(MostFindingsDrawn)
        )
        {
            blocks.Add(new TextBlock(finding.Kind, bold: true));
            blocks.Add(Gallery.Of(finding.Samples.Where(CanBeDrawn), PicturesEach).Describe());
        }
        return new StackBlock(blocks).ToBundle(760, pngBudget: 100_000);
    }

    private string Verdict() =>
        Check.Findings.Count == 0 ? "nothing found"
        : Check.IsClean ? "nothing that makes results wrong"
        : "see below";

    private static bool CanBeDrawn(Sample sample) => sample.Images is [.., var last] && last.Problem is null;
}
