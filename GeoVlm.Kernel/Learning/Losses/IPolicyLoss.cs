using static TorchSharp.torch;

namespace GeoVlm.Learning.Losses;

/// <summary>A policy-gradient loss over the tokens of a batch of completions.</summary>
public interface IPolicyLoss
{
    /// <summary>Its name in a config: the <c>loss_type</c> of TRL.</summary>
    string Name { get; }

    /// <summary>One line for help: what it does differently, and its source.</summary>
    string Summary { get; }

    /// <summary>[N] loss of each token, with graph, before the KL penalty.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="ratio_N">[N] importance ratio ρ of policy to old policy, with graph, of the level that the options name.</param>
    /// <param name="options">Clip ranges and the like.</param>
    /// <param name="batch">Sizes of the whole batch.</param>
    Tensor PerToken(PolicyTokens tokens, Tensor ratio_N, LossOptions options, BatchShape batch);

    /// <summary>[N] bool: the tokens whose gradient was cut because their ratio went too far.</summary>
    Tensor Clipped(PolicyTokens tokens, Tensor ratio_N, LossOptions options);

    /// <summary>The part of the batch's loss that these tokens contribute; the parts of a split batch add up to the whole.</summary>
    /// <param name="perToken_N">[N] loss of each token, KL penalty included.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="batch">Sizes of the whole batch.</param>
    Tensor Reduce(Tensor perToken_N, PolicyTokens tokens, BatchShape batch);

    /// <summary>The part of the batch's mean entropy that these tokens contribute, divided as the loss is.</summary>
    /// <param name="entropy_N">[N] entropies of the tokens that count.</param>
    /// <param name="batch">Sizes of the whole batch.</param>
    Tensor ReduceEntropy(Tensor entropy_N, BatchShape batch) => entropy_N.sum() / Math.Max(1, batch.Tokens);
}
