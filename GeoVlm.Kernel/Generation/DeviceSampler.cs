using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Generation;

/// <summary>Draws tokens where the logits lie, so that a GPU need not wait for the host between one token and the next.</summary>
/// <remarks>
/// The same definition as <see cref="SamplingDistribution"/>, for the same uniform number: the inverse of the cumulative distribution, in
/// float64 over float32 scores. Only a number within rounding of an edge between two tokens can fall differently.
/// Legend: R rows, V vocabulary.
/// </remarks>
internal sealed class DeviceSampler : IDisposable
{
    /// <summary>The distance from 1 to the next float64.</summary>
    private const double Epsilon = 1.0 / (1L << 52);

    private readonly SamplingOptions options;
    private readonly Tensor banned_V;
    private readonly Tensor? bias_V;

    /// <summary>Prepares the sampler.</summary>
    /// <param name="options">Temperature and filters.</param>
    /// <param name="banned_V">float32 [V] on the device: added to logits; not owned.</param>
    public DeviceSampler(SamplingOptions options, Tensor banned_V)
    {
        (this.options, this.banned_V) = (options, banned_V);
        if (options.LogitBias is not { Count: > 0 } asked)
            return;
        var bias = new float[banned_V.size(0)];
        foreach (var (token, added) in asked.Where(b => (uint)b.Key < (uint)bias.Length))
            bias[token] = added;
        bias_V = tensor(bias, device: banned_V.device).DetachFromDisposeScope();
    }

    /// <summary>Whether it can draw what these options ask for, on this device as it is set.</summary>
    /// <remarks>A repetition penalty depends on what each row has seen, and cumulative sums on a GPU are not among libtorch's deterministic
    /// algorithms: both are left to the host.</remarks>
    public static bool Can(SamplingOptions options) => options.RepetitionPenalty == 1 && !TorchDeterminism.Enabled;

    /// <summary>Draws a token for each row.</summary>
    /// <param name="logits_RV">The next token's logits, of any floating type.</param>
    /// <param name="uniform_R">float64, in [0, 1).</param>
    /// <returns>float64 [3, R] on the device: the tokens, their log-probabilities under the policy at the sampling temperature, and under the
    /// distribution they were drawn from.</returns>
    public Tensor Draw(Tensor logits_RV, Tensor uniform_R)
    {
        using var scope = NewDisposeScope();
        bool greedy = options.Temperature == 0;
        double temperature = greedy ? 1 : options.Temperature;
        var allowed_RV = logits_RV.to(ScalarType.Float32) + banned_V;
        var policy_RV = temperature == 1 ? allowed_RV : allowed_RV / temperature;
        var logTotal_R1 = policy_RV.to(ScalarType.Float64).logsumexp(-1, keepdim: true);
        Tensor scores_RV =
            bias_V is null ? policy_RV
            : temperature == 1 ? allowed_RV + bias_V
            : (allowed_RV + bias_V) / temperature;
        if (greedy)
        {
            var best_R1 = scores_RV.argmax(-1, keepdim: true);
            return stack([best_R1.squeeze(1).to(ScalarType.Float64), LogProb(best_R1), zeros_like(uniform_R)]).MoveToOuterDisposeScope();
        }
        var largest_R1 = scores_RV.amax([-1], keepdim: true);
        var weights_RV = (scores_RV.to(ScalarType.Float64) - largest_R1).exp_();
        if (options.TopK > 0 && options.TopK < scores_RV.size(1))
            Keep(scores_RV.ge(scores_RV.topk(options.TopK).values.amin([-1], keepdim: true)));
        Tensor? order_RV = null;
        if (options.TopP < 1)
        {
            (var sorted_RV, order_RV) = weights_RV.sort(-1, descending: true, stable: true);
            var above_RV = sorted_RV.cumsum(-1) - sorted_RV;
            weights_RV = where(above_RV.lt(sorted_RV.sum(-1, keepdim: true) * options.TopP), sorted_RV, zeros_like(sorted_RV));
        }
        if (options.MinP > 0)
            Keep(weights_RV.ge(options.MinP));
        var cumulative_RV = weights_RV.cumsum(-1);
        var total_R1 = cumulative_RV.narrow(-1, -1, 1);
        // Strictly below the total, so that rounding cannot pass the last token that has any weight.
        var target_R1 = minimum(uniform_R.unsqueeze(1) * total_R1, total_R1 * (1 - Epsilon));
        var place_R1 = searchsorted(cumulative_RV, target_R1, right: true);
        var drawn_R1 = order_RV is null ? place_R1 : order_RV.gather(-1, place_R1);
        var logProb_R = LogProb(drawn_R1);
        var sampled_R = options.Filters ? (weights_RV.gather(-1, place_R1) / total_R1).log_().squeeze(1) : logProb_R;
        return stack([drawn_R1.squeeze(1).to(ScalarType.Float64), logProb_R, sampled_R]).MoveToOuterDisposeScope();

        void Keep(Tensor kept_RV) => weights_RV = where(kept_RV, weights_RV, zeros_like(weights_RV));

        Tensor LogProb(Tensor token_R1) => (policy_RV.gather(-1, token_R1).to(ScalarType.Float64) - logTotal_R1).squeeze(1);
    }

    /// <inheritdoc/>
    public void Dispose() => bias_V?.Dispose();
}
