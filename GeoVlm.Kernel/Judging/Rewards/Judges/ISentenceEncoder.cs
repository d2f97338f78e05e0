namespace GeoVlm.Judging.Rewards.Judges;

/// <summary>Turns a sentence into a vector whose direction stands for its meaning. Thread-safe, the same vector each time.</summary>
public interface ISentenceEncoder
{
    /// <summary>The vector of a text, of length 1.</summary>
    float[] Encode(string text);
}
