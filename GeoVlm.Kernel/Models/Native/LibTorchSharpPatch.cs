using System.Buffers.Binary;
using System.Text;

namespace GeoVlm.Models.Native;

/// <summary>Makes TorchSharp 0.107's native shim loadable where libstdc++ is older than GCC 13 (Debian 12, Ubuntu 22.04).</summary>
/// <remarks>
/// The shim asks libstdc++ for version GLIBCXX_3.4.32 because of one symbol, <c>std::ios_base_library_init()</c>, which makes sure that
/// the standard streams exist. libtorch_cpu.so, always loaded before it, does so itself; hence in a copy of the file the call may go to
/// any harmless function. The copy's symbol is renamed to <c>getpid</c> without a version, and the version that is asked for becomes one
/// that every libstdc++ since GCC 5 has. Layout: System V ABI, "Dynamic Linking"; Linux Standard Base, "Symbol Versioning".
/// </remarks>
internal static class LibTorchSharpPatch
{
    private const string WantedVersion = "GLIBCXX_3.4.32",
        OldVersion = "GLIBCXX_3.4.21",
        WantedSymbol = "_ZSt21ios_base_library_initv";
    private const uint SectionDynamicSymbols = 11,
        SectionVersions = 0x6fffffff,
        SectionNeededVersions = 0x6ffffffe;

    /// <summary>Changes the bytes of the shim in place. False, with the bytes unchanged
    /// or useless, when they are not the known build.</summary>
    public static bool Apply(Span<byte> elf)
    {
        try
        {
            return Rewrite(elf);
        }
        catch (ArgumentOutOfRangeException)
        {
            return false; // An offset led outside the file: not an ELF file that we know.
        }
    }

    private static bool Rewrite(Span<byte> elf)
    {
        if (elf.Length < 64 || U32(elf, 0) != 0x464c457f || elf[4] != 2)
            return false; // "\x7fELF", 64 bits
        int symbols = 0,
            symbolCount = 0,
            strings = 0,
            versions = 0,
            needed = 0;
        int sections = Offset(elf, 40),
            sectionSize = U16(elf, 58),
            sectionCount = U16(elf, 60);
        for (int i = 0; i < sectionCount; i++)
        {
            int header = sections + i * sectionSize;
            int offset = Offset(elf, header + 24);
            switch (U32(elf, header + 4))
            {
                case SectionDynamicSymbols:
                    (symbols, symbolCount) = (offset, Offset(elf, header + 32) / 24);
                    strings = Offset(elf, sections + (int)U32(elf, header + 40) * sectionSize + 24);
                    break;
                case SectionVersions:
                    versions = offset;
                    break;
                case SectionNeededVersions:
                    needed = offset;
                    break;
            }
        }
        if (symbols == 0 || versions == 0 || needed == 0)
            return false;

        bool done = false;
        for (int file = needed; ; file += (int)U32(elf, file + 12))
        {
            (int wanted, int old) = FindVersions(elf, file, strings);
            if (wanted > 0 && old > 0)
            {
                int index = U16(elf, wanted + 6);
                elf.Slice(old, 4).CopyTo(elf[wanted..]); // hash of the version's name
                elf.Slice(old + 8, 4).CopyTo(elf[(wanted + 8)..]); // the name itself
                for (int s = 0; s < symbolCount; s++)
                {
                    if ((U16(elf, versions + 2 * s) & 0x7fff) != index)
                        continue;
                    int name = strings + (int)U32(elf, symbols + 24 * s);
                    if (Text(elf, name) != WantedSymbol)
                        return false;
                    "getpid\0"u8.CopyTo(elf[name..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(versions + 2 * s)..], 1); // global, no version
                    done = true;
                }
            }
            if (U32(elf, file + 12) == 0)
                return done;
        }
    }

    private static (int Wanted, int Old) FindVersions(ReadOnlySpan<byte> elf, int file, int strings)
    {
        int wanted = 0,
            old = 0,
            at = file + (int)U32(elf, file + 8);
        for (int i = U16(elf, file + 2); i > 0; i--)
        {
            string name = Text(elf, strings + (int)U32(elf, at + 8));
            if (name == WantedVersion)
                wanted = at;
            if (name == OldVersion)
                old = at;
            at += (int)U32(elf, at + 12);
        }
        return (wanted, old);
    }

    private static int Offset(ReadOnlySpan<byte> elf, int at) =>
        (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(elf[at..]), int.MaxValue);

    private static uint U32(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf[at..]);

    private static ushort U16(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);

    private static string Text(ReadOnlySpan<byte> elf, int at) => Encoding.ASCII.GetString(elf.Slice(at, elf[at..].IndexOf((byte)0)));
}
