using GeoVlm.Models.Tokens;

namespace GeoVlm.Tests.Models.Tokens;

public sealed class BytePairTrainerTests
{
    private static readonly string[] Corpus =
    [
        "Find the ship in the image. Answer with its box.",
        "<think>small white ship at the left</think><answer>[93,31,110,48]</answer>",
        "<think>large white plane at the right</think><answer>[1,200,40,255]</answer>",
        "How many planes are there? There are 12 planes and 3 ships.",
    ];

    private static readonly BytePairOptions Options = new()
    {
        VocabularySize = 800,
        SingleTokens = [.. Enumerable.Range(0, 256).Select(n => n.ToString()), " ship", " plane", "],["],
    };

    private static readonly Lazy<TextTokenizer> Trained = new(() => Train(Options));

    private static TextTokenizer Train(BytePairOptions options) =>
        GoldenTokenizer.Load(folder => BytePairTrainer.Train(Corpus, options, folder));

    [Fact]
    public void Every_required_text_is_one_token_wherever_it_stands()
    {
        TextTokenizer tokenizer = Trained.Value;
        foreach (string text in Options.SingleTokens)
            Assert.Equal([tokenizer.IdOf(text)], tokenizer.Encode(text));
        Assert.Equal(
            ["[", "93", ",", "31", ",", "110", ",", "48", "]"],
            tokenizer.Encode("[93,31,110,48]").Select(id => tokenizer.Decode([id]))
        );
        Assert.Equal(300, tokenizer.Encode(string.Join(",", Enumerable.Range(106, 150))).Count + 1);
    }

    [Fact]
    public void Text_outside_the_corpus_round_trips()
    {
        TextTokenizer tokenizer = Trained.Value;
        foreach (string text in new[] { "Größe: 1234 m²", "😀 ships\n\n 漢字", "" })
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
    }

    [Fact]
    public void Answer_tags_are_one_token_each_and_survive_decoding()
    {
        TextTokenizer tokenizer = Trained.Value;
        const string answer = "<think>ship</think><answer>[1,2]</answer>";
        IReadOnlyList<int> ids = tokenizer.Encode(answer + "<|im_end|><|endoftext|>");
        Assert.Equal(answer, tokenizer.Decode(ids));
        Assert.Equal(tokenizer.IdOf("<think>"), ids[0]);
        Assert.Equal(["<|im_end|>", "<|endoftext|>"], ids.TakeLast(2).Select(id => tokenizer.Decode([id], skipSpecialTokens: false)));
    }

    [Fact]
    public void Added_tokens_take_the_last_ids_in_their_order()
    {
        TextTokenizer tokenizer = Trained.Value;
        string[] added = [.. Options.SpecialTokens, .. Options.AddedTokens];
        Assert.Equal(Enumerable.Range(tokenizer.VocabularySize - added.Length, added.Length), added.Select(tokenizer.IdOf));
        Assert.InRange(tokenizer.VocabularySize, 256 + added.Length, Options.VocabularySize);
    }

    [Fact]
    public void The_same_corpus_in_any_order_gives_the_same_file()
    {
        Assert.Equal(Write(Corpus), Write([.. Corpus.Reverse()]));

        static string Write(string[] corpus)
        {
            string text = "";
            GoldenTokenizer.Load(folder =>
            {
                BytePairTrainer.Train(corpus, Options, folder);
                text = File.ReadAllText(Path.Combine(folder, "tokenizer.json"));
            });
            return text;
        }
    }

    [Fact]
    public void Impossible_options_say_why()
    {
        Assert.Contains("no room", Assert.Throws<GeoVlmException>(() => Train(Options with { VocabularySize = 400 })).Message);
        Assert.Contains(
            "\"1\", \" ship\"",
            Assert.Throws<GeoVlmException>(() => Train(Options with { SingleTokens = ["1 ship"] })).Message
        );
        Assert.Contains("VocabularySize is 9", Assert.Throws<GeoVlmException>(() => Train(Options with { VocabularySize = 9 })).Message);
    }
}
