using System.Reflection;
using GeoVlm.Rendering;
using GeoVlm.Workbench.Commands;

namespace GeoVlm.Workbench.Interactive;

/// <summary>Makes the geo commands and the renderings known to .NET Interactive, the host of Polyglot Notebooks.</summary>
/// <remarks>
/// Everything of the host is reached by name, so that this library needs no package of it, works with whatever version loads it, and is no
/// larger for those who use another host. The script extension.dib in the package calls <see cref="Register()"/>.
/// </remarks>
public static class InteractiveAdapter
{
    private const string HostAssembly = "Microsoft.DotNet.Interactive";

    /// <summary>Registers with the host that runs this process.</summary>
    /// <returns>A line that says what is there now.</returns>
    /// <exception cref="GeoVlmException">This process is no .NET Interactive, or one whose shape is not known.</exception>
    public static string Register() =>
        Register(
            AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == HostAssembly)
                ?? throw new GeoVlmException(
                    "This process is no .NET Interactive. In Jupyter choose the kernel \"GeoVlm (C#)\" instead: it has the commands already."
                )
        );

    internal static string Register(Assembly hostAssembly)
    {
        try
        {
            InteractiveHost host = new(hostAssembly);
            InteractiveContext context = new(host);
            IMagicCommand[] commands =
            [
                .. CommandCatalogue.All.Where(command => command.Name.StartsWith("#!geo-", StringComparison.Ordinal)),
            ];
            foreach (IMagicCommand command in commands)
                host.AddDirective(command, (line, cell) => context.Run(command, line, cell));
            foreach (Type type in ValueRenderer.DrawnTypes)
                host.Output.AddFormatter(type);
            NativeFolder.Use();
            return $"GeoVlm: {commands.Length} commands are there ({string.Join(", ", commands.Select(command => command.Name))}); {commands[0].Name} --help shows how.";
        }
        catch (Exception error)
            when (error
                    is MissingMemberException
                        or TypeLoadException
                        or TargetInvocationException
                        or ArgumentException
                        or NullReferenceException
            )
        {
            throw new GeoVlmException(
                $"This .NET Interactive ({hostAssembly.GetName().Version}) has another shape than expected: {(error.InnerException ?? error).Message} "
                    + "Use the kernel \"GeoVlm (C#)\", or report the version.",
                error
            );
        }
    }
}
