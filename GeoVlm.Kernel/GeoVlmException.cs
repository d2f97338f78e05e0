namespace GeoVlm;

/// <summary>An error that the user caused or can mend: the message says what failed, where, and what to type next.</summary>
/// <remarks>A notebook shows only the message, without a stack. Any other exception is our bug and keeps its stack.</remarks>
public class GeoVlmException : Exception
{
    /// <summary>Creates the error from its message.</summary>
    public GeoVlmException(string message)
        : base(message) { }

    /// <summary>Creates the error from its message and the exception that it explains.</summary>
    public GeoVlmException(string message, Exception inner)
        : base(message, inner) { }
}
