using GeoVlm.Data;
using GeoVlm.Judging.Metrics.Detection;
using GeoVlm.Judging.Metrics.Text;

namespace GeoVlm.Judging.Metrics.Corpus;

/// <summary>Captions against their references: what the papers print (rouge_score, NLTK METEOR) and what the COCO toolkit prints.</summary>
/// <param name="wordNet">Synonyms for METEOR; none when null, and the name says which.</param>
public sealed class CaptionMetrics(WordNet? wordNet = null) : ICorpusMetric
{
    private const string Published = "EarthDial and GeoVLM-R1 report it";

    /// <inheritdoc/>
    public string Name => "captions";

    /// <inheritdoc/>
    public bool AppliesTo(EoTask task) => task.IsCaption();

    /// <inheritdoc/>
    public PreparedMetric Prepare(IReadOnlyList<Prediction> predictions)
    {
        List<CaptionPair> raw = [.. predictions.Select(RawPair)];
        List<CaptionPair> coco =
        [
            .. raw.Select(p => new CaptionPair(CaptionTokens.Normalize(p.Candidate), [.. p.References.Select(CaptionTokens.Normalize)])),
        ];
        // EarthDial splits region captions and grounded descriptions at blanks, and others with word_tokenize.
        bool split = predictions[0].Sample.Task is EoTask.RegionCaption or EoTask.GroundedCaption;
        IReadOnlyList<string> Tokens(string text) => split ? CaptionTokens.Split(text) : WordTokenizer.Tokenize(text);

        string matching = wordNet is null ? "exact + stem, no WordNet" : "exact + stem + WordNet";
        double?[] PerItem(Func<CaptionPair, double> value, List<CaptionPair> pairs) =>
            [.. pairs.Select(p => p.References.Count == 0 ? null : (double?)value(p))];
        List<(MetricDefinition Definition, double?[] Values)> means =
        [
            (
                new(
                    "ROUGE-1 (rouge_score)",
                    $"F1 of stemmed words, mean over references, mean over samples; {Published}",
                    MetricProtocol.Published
                ),
                PerItem(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.Rouge1), raw)
            ),
            (
                new(
                    "ROUGE-L (rouge_score)",
                    $"F1 of the longest common subsequence of stemmed words, mean over references, mean over samples; {Published}",
                    MetricProtocol.Published
                ),
                PerItem(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.RougeL), raw)
            ),
            (
                new(
                    $"METEOR (NLTK, {matching})",
                    $"best over references, mean over samples, {(split ? "split at blanks" : "word_tokenize")}; not METEOR 1.5. {Published}, with WordNet",
                    MetricProtocol.Published
                ),
                PerItem(p => NltkMeteor.Score(Tokens(p.Candidate), p.References.Select(Tokens), wordNet), raw)
            ),
            (
                new("ROUGE-2 (rouge_score)", "F1 of pairs of stemmed words, mean over references, mean over samples"),
                PerItem(p => RougeScore.MeanOver(p.Candidate, p.References, RougeScore.Rouge2), raw)
            ),
            (
                new(
                    "ROUGE-L (COCO)",
                    "longest common subsequence, best precision and best recall over references, beta 1.2, simple tokenizer, mean over samples (pycocoevalcap)"
                ),
                PerItem(p => CocoRougeL.Score(p.Candidate, p.References), coco)
            ),
            (
                new(
                    "CIDEr-D",
                    "tf-idf similarity of 1- to 4-grams, 0 to 10; document frequencies of this set's references; simple tokenizer (pycocoevalcap)"
                ),
                Cider(coco)
            ),
        ];
        var bleu = coco.Select(p => p.References.Count == 0 ? new Bleu.Statistics() : Bleu.Statistics.Of(p)).ToList();
        MetricDefinition Order(int n) =>
            new(
                $"BLEU-{n}",
                "n-gram precision with brevity penalty, counts pooled over the set, closest reference length, simple tokenizer (pycocoevalcap)"
            );
        return new PreparedMetric(
            [.. means.Select(m => m.Definition), .. Enumerable.Range(1, NGrams.MaximumOrder).Select(Order)],
            samples =>
            {
                var total = new Bleu.Statistics();
                foreach (int s in samples)
                    total.Add(bleu[s]);
                return [.. means.Select(m => Means.Of(samples, m.Values)), .. total.Score().Select(b => (double?)b)];
            }
        );
    }

    private static CaptionPair RawPair(Prediction prediction)
    {
        if (prediction.Sample.Task != EoTask.GroundedCaption)
            return new(prediction.Words, prediction.ReferenceTexts);
        string? reference = prediction.Sample.Attributes.GetValueOrDefault(Prediction.ReferenceText);
        if (prediction.ReferenceObjects.Count >= PublishedBoxMetrics.MostGrounded)
            return new(prediction.Words, []); // left out, as published
        return new(
            PublishedBoxes.TextWithout(prediction.Written),
            reference is null ? prediction.ReferenceTexts : [PublishedBoxes.TextWithout(reference)]
        );
    }

    private static double?[] Cider(List<CaptionPair> pairs)
    {
        List<CaptionPair> usable = [.. pairs.Where(p => p.References.Count > 0)];
        var values = new Queue<double>(CiderD.PerItem(usable));
        return [.. pairs.Select(p => p.References.Count > 0 ? values.Dequeue() : (double?)null)];
    }
}
