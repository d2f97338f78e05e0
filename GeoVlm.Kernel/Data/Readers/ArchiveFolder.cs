using System.Formats.Tar;
using System.IO.Compression;
using GeoVlm.Data.Rows;

namespace GeoVlm.Data.Readers;

/// <summary>A packed dataset (.zip, .tar, .tar.gz, .tgz), unpacked into a folder of its own below the system's temporary folder.</summary>
/// <remarks>
/// Entries that would leave that folder (absolute, "..", drive letters, links) are refused and reported. An entry that unpacks to more than
/// 200 times its packed size and more than 16 MiB is a bomb and refused; the whole stops at 64 GiB. The folder is named after the archive's
/// path, size and time, so that it is unpacked once.
/// </remarks>
internal static class ArchiveFolder
{
    private const long MostBytes = 64L << 30,
        BombBytes = 16L << 20,
        BombRatio = 200;

    /// <summary>True for the names that are unpacked.</summary>
    public static bool Is(string path) => File.Exists(path) && RowFiles.EndsWith(path, ".zip", ".tar", ".tar.gz", ".tgz");

    /// <summary>The folder, and what was refused.</summary>
    /// <exception cref="GeoVlmException">The archive is damaged or too large.</exception>
    public static (string Folder, IReadOnlyList<DatasetProblem> Problems) Open(string path)
    {
        var info = new FileInfo(path);
        string folder = Path.Combine(
            Path.GetTempPath(),
            "geovlm-archives",
            $"{Seed.Derive(0, info.FullName, info.Length, info.LastWriteTimeUtc.Ticks):x16}"
        );
        var problems = new List<DatasetProblem>();
        try
        {
            if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
                Unzip(path, folder, problems);
            else
                Untar(path, folder, problems);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException)
        {
            throw new GeoVlmException($"{path}: not a readable archive ({e.Message}). It is damaged or cut short; fetch it again.", e);
        }
        return (folder, problems);
    }

    private static void Unzip(string path, string folder, List<DatasetProblem> problems)
    {
        using var zip = ZipFile.OpenRead(path);
        string name = Path.GetFileName(path);
        if (zip.Entries.Sum(e => (double)e.Length) > MostBytes)
            throw TooLarge(path);
        var folded = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in zip.Entries)
        {
            if (entry.FullName.EndsWith('/'))
                continue;
            string where = $"{name}, {entry.FullName}";
            if (entry.Length > BombBytes && entry.Length > BombRatio * Math.Max(1, entry.CompressedLength))
                problems.Add(
                    new(
                        where,
                        $"unpacks from {entry.CompressedLength:N0} to {entry.Length:N0} bytes, which looks like a bomb. Unpack it yourself if it is to be trusted. Skipped."
                    )
                );
            // Unix links have their mode in the upper half: 0xA000 is a link.
            else if ((entry.ExternalAttributes >> 16 & 0xF000) == 0xA000)
                problems.Add(new(where, "a link. Put the file itself into the archive. Skipped.") { Kind = ProblemKind.PathRefused });
            else if (Target(folder, entry.FullName) is not { } target)
                problems.Add(new(where, "would be written outside the archive's folder. Skipped.") { Kind = ProblemKind.PathRefused });
            else
            {
                if (!folded.Add(entry.FullName))
                    problems.Add(
                        new(where, "another entry has this name but for letter case; they are one file where the file system folds case.")
                    );
                if (File.Exists(target) && new FileInfo(target).Length == entry.Length)
                    continue;
                using var source = entry.Open();
                Write(source, target, entry.Length, where);
            }
        }
    }

    private static void Untar(string path, string folder, List<DatasetProblem> problems)
    {
        using var file = File.OpenRead(path);
        bool packed = !path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);
        using Stream stream = packed
            ? new BoundedStream(
                new GZipStream(file, CompressionMode.Decompress),
                Math.Min(MostBytes, Math.Max(BombBytes, file.Length * BombRatio)),
                path
            )
            : file;
        using var tar = new TarReader(stream);
        string name = Path.GetFileName(path);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes or TarEntryType.ExtendedAttributes)
                continue;
            string where = $"{name}, {entry.Name}";
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
                problems.Add(
                    new(where, "a link or a device. Put the file itself into the archive. Skipped.") { Kind = ProblemKind.PathRefused }
                );
            else if (Target(folder, entry.Name) is not { } target)
                problems.Add(new(where, "would be written outside the archive's folder. Skipped.") { Kind = ProblemKind.PathRefused });
            else if (!(File.Exists(target) && new FileInfo(target).Length == entry.Length))
                Write(entry.DataStream ?? Stream.Null, target, entry.Length, where);
        }
    }

    private static string? Target(string folder, string name)
    {
        string plain = name.Replace('\\', '/');
        if (plain.StartsWith("./", StringComparison.Ordinal))
            plain = plain[2..];
        return
            plain.Length == 0
            || plain.StartsWith('/')
            || plain.Contains(':')
            || plain.Contains('\0')
            || plain.Contains('\\')
            || name.Contains('\\')
            || plain.Split('/').Contains("..")
            ? null
            : Path.Combine(folder, plain);
    }

    // Written beside and moved, so that a run that was stopped leaves no half file.
    private static void Write(Stream source, string target, long length, string where)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string part = target + ".part";
        using (var file = File.Create(part))
            new BoundedStream(source, length, where).CopyTo(file);
        File.Move(part, target, overwrite: true);
    }

    private static GeoVlmException TooLarge(string path) =>
        new($"{path}: unpacks to more than {MostBytes >> 30} GiB. Unpack it yourself and name the folder.");
}
