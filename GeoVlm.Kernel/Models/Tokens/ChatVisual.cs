namespace GeoVlm.Models.Tokens;

/// <summary>What a placeholder in a chat turn stands for.</summary>
public enum ChatVisual
{
    /// <summary>One image: <c>&lt;|image_pad|&gt;</c>.</summary>
    Image,

    /// <summary>A sequence of frames: <c>&lt;|video_pad|&gt;</c>.</summary>
    Video,
}
