using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Prompts;
using GeoVlm.Models.Qwen25Vl;
using GeoVlm.Models.Tokens;

namespace GeoVlm.Models;

/// <summary>Prompts to what the model reads: resized and normalised patches, tokens
/// with visual placeholders, M-RoPE positions, frame.</summary>
public sealed class PromptEncoder
{
    private readonly VisionLanguageModel model;
    private readonly TextTokenizer tokenizer;
    private readonly ChatTemplate template;
    private readonly int imageToken,
        videoToken;

    /// <summary>Puts the parts together.</summary>
    public PromptEncoder(VisionLanguageModel model, TextTokenizer tokenizer, ChatTemplate template, ModelOptions options)
    {
        (this.model, this.tokenizer, this.template, Options) = (model, tokenizer, template, options);
        (imageToken, videoToken) = (tokenizer.IdOf("<|image_pad|>"), tokenizer.IdOf("<|video_pad|>"));
    }

    /// <summary>How this model wants pairs and prompts.</summary>
    public ModelOptions Options { get; }

    /// <summary>Whether the token is a placeholder of a merged patch.</summary>
    public bool IsVisual(int token) => token == imageToken || token == videoToken;

    /// <summary>Encodes the images of a sample and the text of its prompt.</summary>
    /// <exception cref="GeoVlmException">An image cannot be decoded or has an impossible shape, or the prompt is longer than the model's
    /// context; the message names the sample.</exception>
    public EncodedPrompt Encode(Prompt prompt)
    {
        try
        {
            return Encode([.. prompt.Sample.Images.Select(i => i.Load())], prompt.Text);
        }
        catch (GeoVlmException e)
        {
            throw new GeoVlmException($"sample '{prompt.Sample.Id}': {e.Message}", e);
        }
    }

    /// <summary>Encodes decoded pictures (one, or several dates) and the user's text.</summary>
    public EncodedPrompt Encode(IReadOnlyList<RgbImage> images, string text) =>
        EncodeText(Preprocess(images), visuals => template.Render(visuals, text));

    /// <summary>Encodes only the beginning of a user turn, up to the end of its visuals: the prefix that several questions share.</summary>
    public EncodedPrompt EncodeVisualPrefix(IReadOnlyList<RgbImage> images) =>
        EncodeText(
            Preprocess(images),
            visuals =>
            {
                string whole = template.Render(visuals, "");
                return whole[..(whole.LastIndexOf("<|vision_end|>", StringComparison.Ordinal) + "<|vision_end|>".Length)];
            }
        );

    /// <summary>The tokens that follow <see cref="EncodeVisualPrefix"/>: the question,
    /// then the answer as the model is to give it.</summary>
    /// <returns>A branch whose scored tokens are the answer's and the end of turn.</returns>
    public Branch QuestionAndAnswer(string question, string answer)
    {
        string whole = template.Render([ChatVisual.Image], question);
        int visualsEnd = whole.LastIndexOf("<|vision_end|>", StringComparison.Ordinal) + "<|vision_end|>".Length;
        var asked = tokenizer.Encode(whole[visualsEnd..]);
        return new Branch([.. asked, .. tokenizer.Encode(answer + "<|im_end|>")], asked.Count);
    }

    private Visuals Preprocess(IReadOnlyList<RgbImage> images)
    {
        bool pair = Options.PairAsVideo && images.Count == 2 && images[0].Width == images[1].Width && images[0].Height == images[1].Height;
        var encoded = model.Preprocessor.Encode(pair ? [images] : [.. images.Select(image => (IReadOnlyList<RgbImage>)[image])]);
        return new Visuals(encoded.PixelValues, encoded.Grids, pair ? ChatVisual.Video : ChatVisual.Image);
    }

    private EncodedPrompt EncodeText(Visuals visuals, Func<IReadOnlyList<ChatVisual>, string> render)
    {
        var tokens = new List<int>();
        int next = 0,
            merge = model.Preprocessor.MergeSize,
            patch = model.Preprocessor.PatchSize;
        foreach (int token in tokenizer.Encode(render([.. visuals.Grids.Select(_ => visuals.Kind)])))
        {
            bool visual = IsVisual(token) && next < visuals.Grids.Count;
            tokens.AddRange(Enumerable.Repeat(token, visual ? visuals.Grids[next++].Tokens(merge) : 1));
        }
        int[] ids = [.. tokens];
        int visualTokens = visuals.Grids.Sum(g => g.Tokens(merge)),
            context = model.Config.Text.MaxPositions;
        if (ids.Length > context)
            throw new GeoVlmException(
                $"the prompt has {ids.Length} tokens, {visualTokens} of them of its pictures, and the model's context is {context}; shorten the text, or lower max_pixels in preprocessor_config.json ({model.Preprocessor.MaxPixels})."
            );
        var rope = RopeIndex.Compute(ids, visuals.Grids, model.Config);
        var last = visuals.Grids[^1];
        return new EncodedPrompt(
            ids,
            [.. rope.Time, .. rope.Height, .. rope.Width],
            rope.Next,
            visuals.Grids,
            visuals.PixelValues,
            CoordinateFrame.Model(last.Width * patch, last.Height * patch)
        );
    }

    private sealed record Visuals(float[] PixelValues, IReadOnlyList<VisualGrid> Grids, ChatVisual Kind);
}
