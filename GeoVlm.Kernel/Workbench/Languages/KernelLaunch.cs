using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Data;
using GeoVlm.Workbench.Jupyter;

namespace GeoVlm.Workbench.Languages;

/// <summary>How an installed Jupyter kernel is started. Source: jupyter_client, "Kernel specs".</summary>
/// <param name="Arguments">Program and arguments, with <c>{connection_file}</c> where that goes.</param>
/// <param name="Environment">Variables to add.</param>
/// <param name="Language">What it runs, in lower case.</param>
/// <param name="InterruptsByMessage">Whether it is interrupted by a message rather than by a signal.</param>
internal sealed record KernelLaunch(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string Language,
    bool InterruptsByMessage
)
{
    /// <summary>The python3 kernel, or else the ipykernel of the Python on the PATH.</summary>
    /// <exception cref="GeoVlmException">This machine has neither.</exception>
    public static KernelLaunch Python()
    {
        if (Find("python3") is { } installed)
            return installed;
        string? python = (System.Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => (string[])[Path.Combine(folder, "python3"), Path.Combine(folder, "python.exe")])
            .FirstOrDefault(File.Exists);
        return python is null
            ? throw new GeoVlmException(
                "#!python: this machine has no Python. Install Python with ipykernel; everything else works without."
            )
            : new KernelLaunch(
                [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                new Dictionary<string, string>(),
                "python",
                false
            );
    }

    /// <summary>This program as a kernel.</summary>
    public static KernelLaunch Own()
    {
        JsonObject spec = KernelSpec.Spec();
        return new KernelLaunch(
            [.. spec["argv"]!.AsArray().Select(word => word!.GetValue<string>())],
            spec["env"]!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<string>()),
            "c#",
            InterruptsByMessage: true
        );
    }

    /// <summary>The kernel that is installed under a name.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public static KernelLaunch OfSpec(string name) =>
        Find(name)
        ?? throw new GeoVlmException(
            $"no Jupyter kernel '{name}' is installed{NearestName.Suggestion(name, Installed())}; there are {string.Join(", ", Installed().DefaultIfEmpty("none"))}"
        );

    private static KernelLaunch? Find(string name)
    {
        string? file = Folders().Select(folder => Path.Combine(folder, name, "kernel.json")).FirstOrDefault(File.Exists);
        if (file is null)
            return null;
        try
        {
            JsonObject spec = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            string folder = Path.GetDirectoryName(file)!;
            return new KernelLaunch(
                [
                    .. spec["argv"]!
                        .AsArray()
                        .Select(word => word!.GetValue<string>().Replace("{resource_dir}", folder, StringComparison.Ordinal)),
                ],
                (spec["env"] as JsonObject ?? []).ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<string>()),
                (spec["language"]?.GetValue<string>() ?? "").ToLowerInvariant(),
                spec["interrupt_mode"]?.GetValue<string>() == "message"
            );
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or NullReferenceException or IOException)
        {
            throw new GeoVlmException($"The kernel in {file} cannot be read: {error.Message}", error);
        }
    }

    private static IEnumerable<string> Installed() =>
        Folders().Where(Directory.Exists).SelectMany(Directory.GetDirectories).Select(folder => Path.GetFileName(folder)!).Distinct();

    private static IEnumerable<string> Folders()
    {
        string home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
        IEnumerable<string> asked = (System.Environment.GetEnvironmentVariable("JUPYTER_PATH") ?? "").Split(
            Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries
        );
        return asked
            .Concat([Path.Combine(home, ".local", "share", "jupyter"), "/usr/local/share/jupyter", "/usr/share/jupyter"])
            .Select(folder => Path.Combine(folder, "kernels"));
    }
}
