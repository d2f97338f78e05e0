using System.Text.Json;
using GeoVlm.Judging.Metrics.Text;
using GeoVlm.Tests.Goldens;

namespace GeoVlm.Tests.Judging.Metrics.Text;

/// <summary>Every caption golden: 39 sets scored by pycocoevalcap, rouge_score and NLTK, corpus and per item.</summary>
public class CaptionGoldenTests
{
    private const double Tolerance = 1e-9;

    /// <summary>Sets that reach the scorers as they are.</summary>
    private static readonly string[] Untokenised = ["edge-nbsp-and-tabs", "edge-whitespace-prediction", "edge-uppercase"];

    [Fact]
    public void Reference_values_are_met()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/caption/caption-goldens.json")));
        int sets = 0;
        foreach (var set in file.RootElement.EnumerateArray())
        {
            sets++;
            string name = set.GetProperty("name").GetString()!;
            var expected = set.GetProperty("expected");
            var items = set.GetProperty("items").EnumerateArray().ToList();
            var pairs = items.Select(i => new CaptionPair(i.GetProperty("prediction").GetString()!, Strings(i, "references"))).ToList();
            void Check(string what, IEnumerable<double> actual, JsonElement golden)
            {
                var values =
                    golden.ValueKind == JsonValueKind.Array
                        ? golden.EnumerateArray().Select(v => v.GetDouble()).ToList()
                        : [golden.GetDouble()];
                foreach (var ((value, reference), index) in actual.Zip(values, (a, b) => (a, b)).Select((p, i) => (p, i)))
                    Assert.True(Math.Abs(value - reference) <= Tolerance, $"{name}, {what}[{index}]: {value}, expected {reference}");
                Assert.Equal(values.Count, actual.Count());
            }

            Check("BLEU", Bleu.Corpus(pairs), expected.GetProperty("bleu"));
            var bleu = pairs.Select(p => Bleu.Sentence(p.Candidate, p.References)).ToList();
            for (int n = 0; n < 4; n++)
                Check($"BLEU-{n + 1}", bleu.Select(b => b[n]), expected.GetProperty("bleu_per_item")[n]);
            var rougeL = pairs.Select(p => CocoRougeL.Score(p.Candidate, p.References)).ToList();
            Check("ROUGE-L", rougeL, expected.GetProperty("rouge_l_per_item"));
            Check("ROUGE-L of the set", [rougeL.Average()], expected.GetProperty("rouge_l"));
            var cider = CiderD.PerItem(pairs);
            Check("CIDEr", cider, expected.GetProperty("cider_per_item"));
            Check("CIDEr of the set", [cider.Average()], expected.GetProperty("cider"));
            Check(
                "METEOR",
                pairs.Select(p => NltkMeteor.Score(CaptionTokens.Split(p.Candidate), p.References.Select(CaptionTokens.Split))),
                expected.GetProperty("nltk_meteor_exact_stem_per_item")
            );
            var rouge = expected.GetProperty("rouge_score_pkg");
            Check(
                "rouge1",
                pairs.Select(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.Rouge1)),
                rouge.GetProperty("rouge1_f_stem_mean_over_refs")
            );
            Check(
                "rougeL",
                pairs.Select(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.RougeL)),
                rouge.GetProperty("rougeL_f_stem_mean_over_refs")
            );
            Check(
                "rouge1, no stem",
                pairs.Select(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.Rouge1, false)),
                rouge.GetProperty("rouge1_f_nostem")
            );
            Check(
                "rougeL, no stem",
                pairs.Select(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.RougeL, false)),
                rouge.GetProperty("rougeL_f_nostem")
            );

            if (Untokenised.Contains(name))
                continue;
            foreach (var item in items)
            {
                Assert.Equal(
                    item.GetProperty("prediction").GetString(),
                    CaptionTokens.Normalize(item.GetProperty("raw_prediction").GetString()!)
                );
                Assert.Equal(Strings(item, "references"), Strings(item, "raw_references").Select(CaptionTokens.Normalize));
            }
        }
        Assert.Equal(39, sets);
    }

    [Fact]
    public void METEOR_with_synonyms_of_WordNet()
    {
        var wordNet = WordNet.Load(SharedFolder.RequireWordNet());
        using var file = JsonDocument.Parse(File.ReadAllText(SharedFolder.Require("metric-goldens/caption/caption-goldens.json")));
        int values = 0;
        foreach (var set in file.RootElement.EnumerateArray())
        foreach (
            var (item, golden) in set.GetProperty("items")
                .EnumerateArray()
                .Zip(set.GetProperty("expected").GetProperty("nltk_meteor_wordnet_per_item").EnumerateArray())
        )
        {
            double value = NltkMeteor.Score(
                CaptionTokens.Split(item.GetProperty("prediction").GetString()!),
                Strings(item, "references").Select(CaptionTokens.Split),
                wordNet
            );
            Assert.True(
                Math.Abs(value - golden.GetDouble()) <= Tolerance,
                $"{set.GetProperty("name")}, {item.GetProperty("id")}: {value}, expected {golden}"
            );
            values++;
        }
        Assert.True(values > 500, $"only {values} values");
    }

    private static List<string> Strings(JsonElement item, string property) =>
        [.. item.GetProperty(property).EnumerateArray().Select(v => v.GetString()!)];
}
