using GeoVlm.Models.Qwen25Vl;

namespace GeoVlm.Models;

/// <summary>Decodes one token of each running sequence at a time; sequences enter behind a
/// prompt that was read before, and leave when they end.</summary>
internal interface IStepDecoder : IDisposable
{
    /// <summary>Most sequences.</summary>
    int Capacity { get; }

    /// <summary>A sequence enters as the last row.</summary>
    /// <param name="prompts">Prompts that start at column 0; it may be disposed when its last sequence has entered.</param>
    /// <param name="promptRow">The sequence's prompt.</param>
    /// <param name="tokens">Tokens of the prompt.</param>
    void Enter(KeyValueCache prompts, int promptRow, int tokens);

    /// <summary>A row leaves; the last row takes its place.</summary>
    void Leave(int row);

    /// <summary>Feeds every row its latest token.</summary>
    /// <param name="tokens">[R] tokens.</param>
    /// <param name="positions">[R] their positions, the same on the three axes.</param>
    /// <returns>[R · V] logits of what follows, to be read and written until the next call.</returns>
    Span<float> Step(ReadOnlySpan<int> tokens, ReadOnlySpan<long> positions);
}
