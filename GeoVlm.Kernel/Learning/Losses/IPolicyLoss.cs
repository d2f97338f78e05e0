using TorchSharp;

namespace GeoVlm.Learning.Losses;

/// <summary>A policy-gradient loss over the tokens of a batch of completions.</summary>
public interface IPolicyLoss
{
    /// <summary>Its name in a config: the <c>loss_type</c> of TRL.</summary>
    string Name { get; }

    /// <summary>One line for help: the normalisation, and its source.</summary>
    string Summary { get; }

    /// <summary>The part of the batch's loss that these tokens contribute; the parts of a split batch add up to the whole.</summary>
    /// <param name="perTokenLoss_N">[tokens] clipped surrogate plus KL penalty of each token.</param>
    /// <param name="completion_N">[tokens] int64: which completion of <paramref name="batch"/> each token belongs to.</param>
    /// <param name="batch">Sizes of the whole batch.</param>
    torch.Tensor Reduce(torch.Tensor perTokenLoss_N, torch.Tensor completion_N, BatchShape batch);
}

/// <summary>Sizes of a whole batch of completions, before it was split over lanes or accumulation steps.</summary>
/// <param name="TokensPerCompletion">Number of tokens of each completion.</param>
/// <param name="MaxCompletionTokens">The limit of new tokens.</param>
public sealed record BatchShape(IReadOnlyList<int> TokensPerCompletion, int MaxCompletionTokens)
{
    /// <summary>All tokens of all completions.</summary>
    public int Tokens { get; } = TokensPerCompletion.Sum();
}
