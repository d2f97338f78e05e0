namespace GeoVlm.Workbench.Commands;

/// <summary>A magic command that takes the rest of the cell, whatever language it is in: <c>#!html</c>.</summary>
public interface IBodyCommand : IMagicCommand
{
    /// <summary>Runs it.</summary>
    /// <param name="arguments">The arguments of its own line.</param>
    /// <param name="body">Every line of the cell below it.</param>
    /// <param name="context">What it may use of the session.</param>
    /// <exception cref="GeoVlmException">What the user can mend.</exception>
    void RunBody(MagicArguments arguments, string body, CommandContext context);

    /// <inheritdoc />
    void IMagicCommand.Run(MagicArguments arguments, CommandContext context) => RunBody(arguments, "", context);
}
