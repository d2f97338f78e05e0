using System.Text;
using GeoVlm.Data;
using GeoVlm.Judging.Metrics;
using GeoVlm.Judging.Predictions;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Metrics;

/// <summary>docs/metrics.md holds, below its marker, one table per task of every number that <c>score</c> can print.</summary>
public class MetricDocumentTests
{
    private const string Marker = "## Every number\n";

    [Fact]
    public void The_document_lists_every_number_with_its_definition()
    {
        string path = Path.Combine(SharedFolder.Repository, "docs", "metrics.md");
        string text = File.ReadAllText(path),
            expected = Tables();
        int at = text.IndexOf(Marker, StringComparison.Ordinal);
        Assert.True(at >= 0, $"docs/metrics.md lacks \"{Marker.Trim()}\"");
        string head = text[..(at + Marker.Length)];
        if (Environment.GetEnvironmentVariable("GEOVLM_WRITE_DOCS") == "1")
            File.WriteAllText(path, head + expected);
        else
            Assert.True(
                text[head.Length..] == expected,
                "docs/metrics.md differs from the code: run this test once with GEOVLM_WRITE_DOCS=1 and read the diff."
            );
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        foreach (var task in Enum.GetValues<EoTask>())
        {
            text.Append($"\n### {EoTaskNames.Of(task)}\n\n| Number | Protocol | Definition |\n| --- | --- | --- |\n");
            var predictions = Examples(task);
            foreach (var definition in CorpusMetricCatalogue.For(task).SelectMany(m => m.Prepare(predictions).Definitions))
                text.Append(
                    $"| {Cell(definition.Name)} | {(definition.Protocol == MetricProtocol.Published ? "as published" : "ours")} | {Cell(definition.Definition)} |\n"
                );
        }
        return text.ToString();
    }

    // Two classes, every size group and one kind of question, so that the numbers by group show.
    private static IReadOnlyList<Prediction> Examples(EoTask task)
    {
        string folder = Directory.CreateTempSubdirectory().FullName,
            path = Path.Combine(folder, "rows.jsonl");
        (string Size, string Label)[] groups = [("small", "minor"), ("medium", "major"), ("large", "major")];
        File.WriteAllLines(
            path,
            groups.Select(g =>
                $$"""{"prediction": "a", "boxes": [{"bbox": [1,1,9,9], "label": "{{g.Label}}"}], "reference_boxes": [{"bbox": [1,1,9,9], "label": "{{g.Label}}"}],"""
                + $$""" "reference": "{{g.Label}}", "size_group": "{{g.Size}}", "vqa_type": "KIND", "width": 10, "height": 10}"""
            )
        );
        var read = PredictionFile.Read(path, new PredictionOptions(task));
        Directory.Delete(folder, recursive: true);
        Assert.Empty(read.Problems);
        return read.Predictions;
    }

    private static string Cell(string text) => text.Replace("|", "\\|");
}
