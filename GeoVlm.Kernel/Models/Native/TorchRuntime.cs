using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace GeoVlm.Models.Native;

/// <summary>Loads libtorch and TorchSharp's shim, once, before the first tensor.</summary>
/// <remarks>
/// A program that never makes a tensor does not pay for it (0.3 to 0.5 s): the module initializer only listens for the assembly
/// TorchSharp, which .NET loads when the first method that mentions a tensor is compiled, be it ours or a notebook cell's. Environment:
/// <c>GEOVLM_LIBTORCH</c> names the folder of libtorch_cpu.so, <c>GEOVLM_DEVICE</c> the device (cpu, cuda, cuda:1),
/// <c>GEOVLM_DETERMINISTIC</c> turns on <see cref="TorchDeterminism"/>.
/// </remarks>
public static class TorchRuntime
{
    private static readonly Lock Gate = new();
    private static string? shim,
        torchFolder;
    private static bool patched;
    private static GeoVlmException? failure;

    /// <summary>Loads the native libraries if that has not happened yet.</summary>
    /// <exception cref="GeoVlmException">They are not there or do not load.</exception>
    public static void EnsureLoaded()
    {
        lock (Gate)
        {
            if (shim is null && failure is null)
            {
                try
                {
                    Load();
                }
                catch (Exception e)
                    when (e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
                {
                    failure = new GeoVlmException($"libtorch does not load: {e.Message}\nSee 'geovlm doctor' and environment.md.", e);
                }
                catch (GeoVlmException e)
                {
                    failure = e;
                }
            }
            if (failure is not null)
                throw failure;
        }
    }

    /// <summary>Tensors that this process holds; constant from step to step unless something leaks. Each parameter that was ever made adds
    /// one for good: TorchSharp 0.107 takes over its tensor without counting that.</summary>
    public static long LiveTensors => torch.Tensor.TotalCount;

    /// <summary>The device to compute on: <c>GEOVLM_DEVICE</c>, else CUDA where it works, else the CPU.</summary>
    public static torch.Device DefaultDevice
    {
        get
        {
            EnsureLoaded();
            return Choose();

            // A method of its own: compiling it loads TorchSharp, which must come after EnsureLoaded.
            [MethodImpl(MethodImplOptions.NoInlining)]
            static torch.Device Choose()
            {
                string? asked = Environment.GetEnvironmentVariable("GEOVLM_DEVICE");
                return string.IsNullOrWhiteSpace(asked)
                    ? (torch.cuda.is_available() ? torch.CUDA : torch.CPU)
                    : DeviceOf(asked, "GEOVLM_DEVICE");
            }
        }
    }

    /// <summary>Whether libtorch sees a CUDA device.</summary>
    /// <exception cref="GeoVlmException">The libraries do not load.</exception>
    public static bool HasGpu
    {
        get
        {
            EnsureLoaded();
            return Ask();

            [MethodImpl(MethodImplOptions.NoInlining)] // as in DefaultDevice
            static bool Ask() => torch.cuda.is_available();
        }
    }

    /// <summary>The device of a name.</summary>
    /// <param name="name">cpu, cuda or cuda:number.</param>
    /// <param name="asker">What messages call who asked.</param>
    /// <exception cref="GeoVlmException">It is no such name, or there is no such device.</exception>
    internal static torch.Device DeviceOf(string name, string asker)
    {
        EnsureLoaded();
        if (name == "cpu")
            return torch.CPU;
        int index = 0;
        if (
            name != "cuda"
            && !(name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(5), out index) && index >= 0)
        )
            throw new GeoVlmException($"{asker} is '{name}'; write cpu, cuda or cuda:<number>.");
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (count == 0)
            throw new GeoVlmException($"{asker} is '{name}', but this libtorch sees no CUDA device.");
        return index < count
            ? torch.device(name)
            : throw new GeoVlmException($"{asker} is '{name}', but there are {count} CUDA devices, numbered from 0.");
    }

    /// <summary>TorchSharp's native library, loaded.</summary>
    internal static nint Shim
    {
        get
        {
            EnsureLoaded();
            return NativeLibrary.Load(shim!);
        }
    }

    /// <summary>What was loaded and how, as (label, value) lines for <c>geovlm doctor</c>.</summary>
    /// <exception cref="GeoVlmException">The libraries do not load.</exception>
    public static IReadOnlyList<(string Label, string Value)> Describe()
    {
        EnsureLoaded();
        return
        [
            ("libtorch", torchFolder!),
            ("TorchSharp", $"{typeof(torch).Assembly.GetName().Version}, libtorch {torch.__version__}"),
            ("shim", patched ? $"patched copy, because the system's libstdc++ is older than GCC 13: {shim}" : $"as shipped: {shim}"),
            ("threads", torch.get_num_threads().ToString()),
            ("device", DefaultDevice.ToString()),
            ("algorithms", TorchDeterminism.Enabled ? "deterministic" : "the fastest"),
        ];
    }

    /// <summary>Runs when this assembly is first used; see the remarks of the class.</summary>
    [ModuleInitializer]
    internal static void ListenForTorchSharp()
    {
        AppDomain.CurrentDomain.AssemblyLoad += (_, e) => LoadQuietlyFor(e.LoadedAssembly);
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
            LoadQuietlyFor(assembly);
    }

    private static void LoadQuietlyFor(Assembly assembly)
    {
        if (assembly.GetName().Name != "TorchSharp")
            return;
        try
        {
            EnsureLoaded();
        }
        catch (GeoVlmException)
        {
            // An exception here would end the process. EnsureLoaded keeps it and throws it again to whoever makes a model.
        }
    }

    private static void Load()
    {
        if (!OperatingSystem.IsLinux())
            throw new GeoVlmException(
                "Models run on Linux and WSL only: TorchSharp 0.107 does not load on Windows. Everything without a model works here."
            );
        TorchMemory.Prepare();
        string[] folders = SearchFolders();
        string? asked = Environment.GetEnvironmentVariable("GEOVLM_LIBTORCH");
        torchFolder =
            (asked is { Length: > 0 } ? [asked] : folders).FirstOrDefault(f => File.Exists(Path.Combine(f, "libtorch_cpu.so")))
            ?? throw new GeoVlmException(
                asked is { Length: > 0 }
                    ? $"GEOVLM_LIBTORCH is '{asked}', where there is no libtorch_cpu.so; name the lib folder of libtorch 2.10."
                    : "libtorch_cpu.so was not found. Build with -p:TorchBackend=cpu or set GEOVLM_LIBTORCH to a folder that has it."
            );
        string stock =
            folders.Append(torchFolder).Select(f => Path.Combine(f, "libLibTorchSharp.so")).FirstOrDefault(File.Exists)
            ?? throw new GeoVlmException(
                $"libLibTorchSharp.so was not found in {string.Join(", ", folders)}; restore the package TorchSharp."
            );

        foreach (string name in (string[])["libc10.so", "libtorch_cpu.so", "libc10_cuda.so", "libtorch_cuda.so", "libtorch.so"])
        {
            string path = Path.Combine(torchFolder, name);
            if (File.Exists(path))
                NativeLibrary.Load(path);
        }
        patched = !NativeLibrary.TryLoad(stock, out _);
        shim = patched ? LoadPatched(stock) : stock;
        if (Environment.GetEnvironmentVariable(TorchDeterminism.Variable) is "1")
            TorchDeterminism.Set(true);
    }

    /// <summary>Loads the patched copy of the shim; its SONAME then answers TorchSharp's own request for the library.</summary>
    private static string LoadPatched(string stock)
    {
        byte[] bytes = File.ReadAllBytes(stock);
        if (!LibTorchSharpPatch.Apply(bytes))
            throw new GeoVlmException(
                $"{stock} does not load, and it is not the build of TorchSharp 0.107 that can be adapted; ask 'ldd' what it misses."
            );
        string copy = WriteCopy(bytes);
        NativeLibrary.Load(copy);
        return copy;
    }

    private static string WriteCopy(byte[] bytes)
    {
        string? home = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.DoNotVerify
        );
        if (string.IsNullOrEmpty(home))
            return Write(Directory.CreateTempSubdirectory("geovlm-").FullName);
        try
        {
            return Write(Directory.CreateDirectory(Path.Combine(home, "geovlm", "native")).FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Write(Directory.CreateTempSubdirectory("geovlm-").FullName); // a home that cannot be written
        }

        string Write(string folder)
        {
            string path = Path.Combine(folder, "libLibTorchSharp.so");
            if (File.Exists(path) && bytes.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
                return path;
            string beside = Path.Combine(folder, Path.GetRandomFileName());
            File.WriteAllBytes(beside, bytes);
            File.Move(beside, path, overwrite: true); // atomic, so that processes may start together
            return path;
        }
    }

    private static string[] SearchFolders()
    {
        string relative = Path.Combine("runtimes", "linux-x64", "native");
        List<string> folders = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, relative)];
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string host)
            folders.AddRange(host.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        Assembly? torchSharp = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == "TorchSharp");
        if (torchSharp is { IsDynamic: false, Location.Length: > 0 })
        {
            string here = Path.GetDirectoryName(torchSharp.Location)!;
            folders.AddRange([here, Path.Combine(here, relative)]);
            // Notebooks of .NET Interactive load it from <packages>/torchsharp/<version>/lib/<framework>; libtorch is a package beside it.
            folders.Add(Path.GetFullPath(Path.Combine(here, "..", "..", relative)));
            folders.Add(Path.GetFullPath(Path.Combine(here, "..", "..", "..", "..", "libtorch-cpu-linux-x64", "2.10.0", relative)));
        }
        return [.. folders.Distinct()];
    }
}
