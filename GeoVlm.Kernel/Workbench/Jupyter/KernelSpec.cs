using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Models.Native;
using GeoVlm.Workbench.Notebooks;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>The folder by which Jupyter and VS Code find this kernel. Source: jupyter_client, "Kernel specs".</summary>
public static class KernelSpec
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Where the kernel is, or would be, installed.</summary>
    /// <param name="prefix">An environment such as /usr/local or a virtual environment; null for the user's own Jupyter folder.</param>
    /// <param name="name">What notebooks call the kernel.</param>
    /// <exception cref="GeoVlmException">Jupyter allows no such name.</exception>
    public static string Folder(string? prefix, string name = NotebookMetadata.KernelName) =>
        name.All(IsAllowed) && name.Any(char.IsAsciiLetterOrDigit)
            ? Path.Combine(prefix is null ? UserDataFolder() : Path.Combine(Path.GetFullPath(prefix), "share", "jupyter"), "kernels", name)
            : throw new GeoVlmException(
                $"The kernel cannot be called '{name}': Jupyter allows letters without accents, digits, '.', '-' and '_'."
            );

    /// <summary>Writes the kernel's folder, replacing an older one of ours, and returns it.</summary>
    /// <remarks>Papermill writes parameters for the kernel names that it knows; of those, <c>.net-csharp</c> has its C#.</remarks>
    /// <exception cref="GeoVlmException">The folder cannot be written, or belongs to another program.</exception>
    public static string Install(string? prefix, string name = NotebookMetadata.KernelName)
    {
        string folder = Folder(prefix, name);
        RefuseOthers(folder);
        return Changing(
            folder,
            () =>
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, "kernel.json"), Spec().ToJsonString(Json) + "\n");
                File.WriteAllText(Path.Combine(folder, "logo-svg.svg"), KernelLogo.Svg());
                foreach (int side in (int[])[32, 64])
                    File.WriteAllBytes(Path.Combine(folder, $"logo-{side}x{side}.png"), KernelLogo.Png(side));
                return folder;
            }
        );
    }

    /// <summary>Removes the kernel's folder and returns it; null when it was not installed there.</summary>
    /// <exception cref="GeoVlmException">The folder cannot be removed, or belongs to another program.</exception>
    public static string? Uninstall(string? prefix, string name = NotebookMetadata.KernelName)
    {
        string folder = Folder(prefix, name);
        if (!Directory.Exists(folder))
            return null;
        RefuseOthers(folder);
        return Changing(
            folder,
            () =>
            {
                Directory.Delete(folder, recursive: true);
                return folder;
            }
        );
    }

    internal static JsonObject Spec()
    {
        (string[] program, JsonObject environment) = ThisProgram();
        environment[ProcessHeap.Variable] = "1"; // else the kernel would start twice to set it
        return new JsonObject
        {
            ["argv"] = new JsonArray([.. program.Concat(["jupyter", "kernel", "{connection_file}"]).Select(word => (JsonNode)word)]),
            ["display_name"] = NotebookMetadata.DisplayName,
            ["language"] = NotebookMetadata.Language,
            ["interrupt_mode"] = "message",
            ["kernel_protocol_version"] = Message.ProtocolVersion,
            ["env"] = environment,
            ["metadata"] = new JsonObject { ["debugger"] = false },
        };
    }

    // VS Code hides a kernel whose program it cannot find, so the paths are absolute. An apphost looks for .NET in DOTNET_ROOT,
    // which the shell that installs the kernel may have and Jupyter not.
    private static (string[] Program, JsonObject Environment) ThisProgram()
    {
        string process =
            Environment.ProcessPath
            ?? throw new GeoVlmException(
                "The path of this program is unknown, so the kernel cannot be installed. Start it by its full path."
            );
        string assembly = Path.Combine(AppContext.BaseDirectory, typeof(KernelSpec).Assembly.GetName().Name + ".dll");
        if (Path.GetFileNameWithoutExtension(process) == "dotnet")
            return ([process, "exec", assembly], []);
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return ([process], Directory.Exists(Path.Combine(root, "shared")) ? new JsonObject { ["DOTNET_ROOT"] = root } : []);
    }

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_';

    private static void RefuseOthers(string folder)
    {
        string file = Path.Combine(folder, "kernel.json");
        if (
            File.Exists(file)
            && Changing(folder, () => !File.ReadAllText(file).Contains(NotebookMetadata.DisplayName, StringComparison.Ordinal))
        )
            throw new GeoVlmException($"The kernel in {folder} is another program's. Choose another --name or --prefix.");
    }

    private static string UserDataFolder()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } chosen)
            return chosen;
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        if (OperatingSystem.IsMacOS())
            return Path.Combine(home, "Library", "Jupyter");
        string data = Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(home, ".local", "share");
        return Path.Combine(data, "jupyter");
    }

    private static T Changing<T>(string folder, Func<T> change)
    {
        try
        {
            return change();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new GeoVlmException(
                $"The kernel folder {folder} cannot be changed: {error.Message} Choose one of yours with --prefix.",
                error
            );
        }
    }
}
