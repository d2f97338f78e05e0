namespace GeoVlm.Models.Tokens;

/// <summary>A token found whole in the text before any splitting, such as an end-of-turn mark or an answer tag.</summary>
/// <param name="Id">Its id; must not collide with the BPE vocabulary unless it names the same token.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding leaves it out on request. The answer tags are added but not special.</param>
internal sealed record AddedToken(int Id, string Content, bool Special);
