namespace GeoVlm.Data.Imagery;

/// <summary>Where an encoded image lies: a file, or bytes out of a table.</summary>
/// <param name="Name">The path, or what errors call the bytes.</param>
/// <param name="Bytes">The bytes; null for a file.</param>
internal readonly record struct ImageSource(string Name, byte[]? Bytes = null)
{
    public static implicit operator ImageSource(string path) => new(path);

    /// <summary>Opens it for reading.</summary>
    public Stream Open() => Bytes is null ? File.OpenRead(Name) : new MemoryStream(Bytes, writable: false);
}
