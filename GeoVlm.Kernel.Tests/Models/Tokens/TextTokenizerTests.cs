using System.Text.Json;
using CsCheck;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Tests.Models.Tokens;

public sealed class TextTokenizerTests
{
    [Fact]
    public void Encodes_and_decodes_like_the_reference()
    {
        TextTokenizer tokenizer = GoldenTokenizer.Require();
        List<string> wrong = [];
        foreach (JsonElement golden in GoldenTokenizer.Cases("encodings.json"))
        {
            string text = golden.GetProperty("text").GetString()!;
            int[] expected = GoldenTokenizer.Ids(golden);
            string decoded = golden.TryGetProperty("decoded", out JsonElement other) ? other.GetString()! : text;
            if (!tokenizer.Encode(text).SequenceEqual(expected))
                wrong.Add($"encode {text}: {string.Join(' ', tokenizer.Encode(text))}");
            if (tokenizer.Decode(expected, skipSpecialTokens: false) != decoded)
                wrong.Add($"decode {text}");
        }
        Assert.Empty(wrong);
        Assert.Equal(151665, tokenizer.VocabularySize);
    }

    [Fact]
    public void The_one_file_form_encodes_alike()
    {
        TextTokenizer expected = GoldenTokenizer.Require();
        TextTokenizer tokenizer = GoldenTokenizer.Load(GoldenTokenizer.WriteTokenizerJson);
        foreach (JsonElement golden in GoldenTokenizer.Cases("encodings.json"))
            Assert.Equal(GoldenTokenizer.Ids(golden), tokenizer.Encode(golden.GetProperty("text").GetString()!));
        Assert.Equal(expected.VocabularySize, tokenizer.VocabularySize);
    }

    [Fact]
    public void Broken_utf8_decodes_like_the_reference()
    {
        TextTokenizer tokenizer = GoldenTokenizer.Require();
        foreach (JsonElement golden in GoldenTokenizer.Cases("decode_bytes.json"))
            Assert.Equal(golden.GetProperty("text").GetString(), tokenizer.Decode(GoldenTokenizer.Ids(golden)));
    }

    [Fact]
    public void Decoding_never_throws()
    {
        TextTokenizer tokenizer = GoldenTokenizer.Require();
        Gen.OneOf(Gen.Int, Gen.Int[-2, 152000])
            .Array[0, 40]
            .Sample(ids =>
            {
                tokenizer.Decode(ids);
                tokenizer.Decode(ids, skipSpecialTokens: false);
            });
        Assert.Equal("\uFFFDa\uFFFD", tokenizer.Decode([-1, tokenizer.IdOf("a"), int.MaxValue]));
    }

    [Fact]
    public void Any_text_comes_back_normalized()
    {
        TextTokenizer tokenizer = GoldenTokenizer.Require();
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char['\0', '\u0400'], Gen.Const('\uD835')), 0, 30]
            .Sample(text => tokenizer.Decode(tokenizer.Encode(text), skipSpecialTokens: false) == NfcNormalizer.Normalize(text));
    }

    [Fact]
    public void Finds_tokens_by_text()
    {
        TextTokenizer tokenizer = GoldenTokenizer.Require();
        Assert.Equal(151645, tokenizer.IdOf("<|im_end|>"));
        Assert.Equal(264, tokenizer.IdOf(" a"));
        Assert.True(tokenizer.IsSpecial(151645));
        Assert.False(tokenizer.IsSpecial(tokenizer.IdOf("<tool_call>")));
        Assert.False(tokenizer.TryIdOf("<think>", out _));
        Assert.Contains("<think>", Assert.Throws<GeoVlmException>(() => tokenizer.IdOf("<think>")).Message);
    }

    [Theory]
    [InlineData("{", "malformed")]
    [InlineData("[]", "malformed")]
    [InlineData("{}", "malformed")]
    [InlineData("""{"model": {"type": "WordPiece"}}""", "WordPiece")]
    [InlineData("""{"model": {"vocab": {"a": -1}, "merges": []}}""", "out of range")]
    [InlineData("""{"model": {"vocab": {"a": 0}, "merges": ["a"]}}""", "not two tokens")]
    [InlineData(
        """{"model": {"vocab": {"a": 0}, "merges": []}, "normalizer": {"type": "NFKC"}, "pre_tokenizer": {"type": "ByteLevel", "use_regex": true}}""",
        "NFKC"
    )]
    [InlineData("""{"model": {"vocab": {"a": 0}, "merges": []}}""", "no ByteLevel")]
    [InlineData(
        """{"model": {"vocab": {"a": 0}, "merges": []}, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true}}""",
        "prefix"
    )]
    [InlineData("""{"model": {"vocab": {"a": 0}, "merges": []}, "pre_tokenizer": {"type": "ByteLevel", "use_regex": true}}""", "byte 0x")]
    public void Refuses_what_it_would_get_wrong(string json, string reason)
    {
        GeoVlmException error = Assert.Throws<GeoVlmException>(() =>
            GoldenTokenizer.Load(folder => File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json))
        );
        Assert.Contains(reason, error.Message);
        Assert.Contains("tokenizer.json", error.Message);
    }

    [Fact]
    public void An_empty_folder_says_which_files_are_needed() =>
        Assert.Contains("merges.txt", Assert.Throws<GeoVlmException>(() => GoldenTokenizer.Load(_ => { })).Message);
}
