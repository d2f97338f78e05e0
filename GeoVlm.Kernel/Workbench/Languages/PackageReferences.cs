using System.Diagnostics;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// <c>#r "nuget: Package, Version"</c>, and <c>#i "nuget: source"</c> for one more place to look: the .NET SDK resolves all packages of a
/// session together, once per set of packages; the answer is kept in a folder of the user, so that it costs nothing, and needs no network,
/// the next time.
/// </summary>
/// <param name="workingFolder">Where the relative path of a source starts.</param>
internal sealed partial class PackageReferences(string workingFolder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly SortedDictionary<string, string> asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<string> sources = new(StringComparer.Ordinal);
    private readonly HashSet<string> given = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the package lines out of the code (their lines stay, blank).</summary>
    /// <returns>The code without them, and the assemblies that the packages add.</returns>
    /// <exception cref="GeoVlmException">A package or version does not exist, or cannot be reached.</exception>
    public (string Code, IReadOnlyList<string> Assemblies) Resolve(string code, CancellationToken cancellation)
    {
        foreach (Match line in SourceLine().Matches(code))
            sources.Add(Source(line.Groups["source"].Value));
        code = SourceLine().Replace(code, "");
        MatchCollection lines = PackageLine().Matches(code);
        if (lines.Count == 0)
            return (code, []);
        SortedDictionary<string, string> all = new(asked, StringComparer.OrdinalIgnoreCase);
        foreach (Match line in lines)
            all[line.Groups["id"].Value] = line.Groups["version"] is { Success: true, Value: var version } ? version : "*";
        string assets = Restore(all, cancellation);
        foreach ((string id, string version) in all)
            asked[id] = version;
        return (PackageLine().Replace(code, ""), [.. Assemblies(assets).Where(path => given.Add(path))]);
    }

    private string Source(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
            return text;
        string folder = Path.GetFullPath(text, workingFolder);
        return Directory.Exists(folder)
            ? folder
            : throw new GeoVlmException(
                $"#i \"nuget\": the folder {folder} does not exist. Name a folder that holds .nupkg files, or the address of a package source."
            );
    }

    // The path of NuGet's answer, project.assets.json.
    private string Restore(SortedDictionary<string, string> packages, CancellationToken cancellation)
    {
        string set = string.Join(';', packages.Select(package => $"{package.Key.ToLowerInvariant()},{package.Value}").Concat(sources));
        string user = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        string folder = Path.Combine(
            user.Length > 0 ? user : Path.GetTempPath(),
            "geovlm",
            "packages",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(set)))[..16]
        );
        string assets = Path.Combine(folder, "obj", "project.assets.json");
        string done = Path.Combine(folder, "done");
        if (File.Exists(done) && File.Exists(assets))
            return assets;

        Directory.CreateDirectory(folder);
        StringBuilder project = new("<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework>");
        project.Append(
            $"<RestoreAdditionalProjectSources>{SecurityElement.Escape(string.Join(';', sources))}</RestoreAdditionalProjectSources></PropertyGroup><ItemGroup>"
        );
        foreach ((string id, string version) in packages)
            project.Append($"<PackageReference Include=\"{id}\" Version=\"{version}\" />");
        File.WriteAllText(Path.Combine(folder, "cell.csproj"), project.Append("</ItemGroup></Project>").ToString());
        // Own files of these names, so that MSBuild does not look for others further up.
        foreach (string name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
            File.WriteAllText(Path.Combine(folder, name), "<Project />");

        (int exitCode, string output) = RunRestore(folder, cancellation);
        if (exitCode == 0 && File.Exists(assets))
        {
            File.WriteAllText(done, set);
            return assets;
        }
        string[] errors = [.. NuGetError().Matches(output).Select(match => match.Groups[1].Value.Trim()).Distinct()];
        throw new GeoVlmException(
            $"#r \"nuget\": cannot get {string.Join(", ", packages.Select(package => $"{package.Key} {package.Value}"))}: "
                + (errors.Length > 0 ? string.Join("; ", errors) : output.Trim())
                + ". Check the name and version on nuget.org, and that this machine reaches the package source (`dotnet nuget list source`)."
        );
    }

    private static (int ExitCode, string Output) RunRestore(string folder, CancellationToken cancellation)
    {
        ProcessStartInfo start = new("dotnet", ["restore", "--nologo", "-v", "quiet", "-p:NuGetAudit=false", "-nodeReuse:false"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Set by a `dotnet run` or `dotnet test` around us, they would send the SDK to the wrong place.
        foreach (string name in new[] { "MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath" })
            start.Environment.Remove(name);
        using Process process = Start(start);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string text = output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult();
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
            return (process.ExitCode, text);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GeoVlmException(
                $"#r \"nuget\": `dotnet restore` took longer than {Patience.TotalMinutes:0} minutes; check the network"
            );
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new GeoVlmException("#r \"nuget\" needs the .NET SDK: `dotnet` was not found on the PATH", exception);
        }
    }

    // Assemblies of the packages, without those that this process has already: its copy wins.
    private static IEnumerable<string> Assemblies(string assetsFile)
    {
        using JsonDocument assets = JsonDocument.Parse(File.ReadAllBytes(assetsFile));
        string[] folders = [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
        JsonElement libraries = assets.RootElement.GetProperty("libraries");
        List<string> found = [];
        foreach (JsonProperty package in assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject())
        {
            if (!package.Value.TryGetProperty("runtime", out JsonElement runtime))
                continue;
            string path = libraries.GetProperty(package.Name).GetProperty("path").GetString()!;
            foreach (JsonProperty file in runtime.EnumerateObject())
            {
                if (
                    !file.Name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                    || CSharpReferences.Present.Contains(Path.GetFileNameWithoutExtension(file.Name))
                )
                    continue;
                if (folders.Select(folder => Path.Combine(folder, path, file.Name)).FirstOrDefault(File.Exists) is { } assembly)
                    found.Add(assembly);
            }
        }
        return found;
    }

    [GeneratedRegex(
        """^[ \t]*#r[ \t]+"nuget:[ \t]*(?<id>[A-Za-z0-9_.-]+)[ \t]*(?:,[ \t]*(?<version>[A-Za-z0-9_.*+\-\[\]\(\),]+?)[ \t]*)?"[ \t]*;?[ \t]*(?://.*)?(?=\r?$)""",
        RegexOptions.Multiline
    )]
    private static partial Regex PackageLine();

    [GeneratedRegex("""^[ \t]*#i[ \t]+"nuget:[ \t]*(?<source>[^"\r\n]+?)[ \t]*"[ \t]*;?[ \t]*(?://.*)?(?=\r?$)""", RegexOptions.Multiline)]
    private static partial Regex SourceLine();

    [GeneratedRegex(@"error ((?:NU|MSB|NETSDK)\d+: .*?)(?: \[[^\]]*\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex NuGetError();
}
