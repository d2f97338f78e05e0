using GeoVlm.Data;
using GeoVlm.Data.Prompts;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Generation;

/// <summary>Samples from a policy in this process: each prompt with its image is prefilled once for its whole group.</summary>
/// <param name="policy">The model; not owned.</param>
public sealed class TorchRolloutEngine(Policy policy) : IRolloutEngine
{
    /// <summary>Most completions that are sampled side by side; the others wait until one
    /// ends. It bounds the memory of keys and values.</summary>
    public int MostRows { get; init; } = 128;

    /// <summary>Whether tokens may be decoded by loops of our own on the CPU; false leaves all to libtorch, for comparison.</summary>
    public bool OwnKernels { get; init; } = true;

    /// <summary>Whether tokens are drawn where the logits lie, several before the host looks at them; null is on a GPU only. It serves no
    /// <see cref="OwnKernels"/>, no repetition penalty, and not libtorch's deterministic mode.</summary>
    public bool? DrawsOnDevice { get; init; }

    /// <summary>Whether groups keep their encoded prompts, pictures and all.</summary>
    internal bool KeepsPrompts { get; init; }

    /// <inheritdoc/>
    /// <exception cref="GeoVlmException">An option is out of range, or a prompt does not fit the model's context.</exception>
    public IReadOnlyList<RolloutGroup> Generate(
        IReadOnlyList<Prompt> prompts,
        SamplingOptions options,
        CancellationToken cancellation = default
    )
    {
        options.Validate();
        if (prompts.Count == 0)
            return [];
        int lanes = Lanes.For(policy.Model);
        return [.. Lanes.Run([.. prompts.Index()], lanes, part => Sample(part, options, lanes, cancellation)).SelectMany(groups => groups)];
    }

    private List<RolloutGroup> Sample(
        IReadOnlyList<(int Index, Prompt Prompt)> prompts,
        SamplingOptions options,
        int lanes,
        CancellationToken cancellation
    )
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var computing = policy.Computing();
        Completion[][] groups =
        [
            .. prompts.Select(p =>
            {
                var encoded = Encode(p.Prompt);
                return Enumerable
                    .Range(0, options.GroupSize)
                    .Select(g => new Completion(
                        policy,
                        encoded,
                        p.Index,
                        g,
                        Seed.Derive(options.Seed, p.Prompt.Sample.Id, p.Prompt.Text, g),
                        options
                    ))
                    .ToArray();
            }),
        ];
        using (var batch = new RunningBatch(policy, groups, options, Math.Max(1, MostRows / lanes), OwnKernels, DrawsOnDevice))
            while (batch.Step(cancellation)) { }
        return
        [
            .. prompts.Zip(
                groups,
                (p, group) =>
                    new RolloutGroup(p.Prompt, group[0].Prompt.Frame, [.. group.Select(c => c.ToRollout())])
                    {
                        Encoded = KeepsPrompts ? group[0].Prompt : null,
                    }
            ),
        ];
    }

    private EncodedPrompt Encode(Prompt prompt)
    {
        var encoded = policy.Encode(prompt);
        int context = policy.Model.Config.Text.MaxPositions;
        return encoded.TokenIds.Length < context
            ? encoded
            : throw new GeoVlmException(
                $"the prompt of sample '{prompt.Sample.Id}' has {encoded.TokenIds.Length} tokens, the model's context only {context}; use fewer or smaller images, or a shorter question"
            );
    }
}
