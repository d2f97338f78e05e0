using System.Text;

namespace GeoVlm.Data.Readers;

/// <summary>The first characters of a file, enough to recognise what it is.</summary>
internal static class FileStart
{
    /// <summary>Up to 4096 bytes as text, with any byte-order mark honoured; empty when the file cannot be opened.</summary>
    public static string Read(string path)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            var start = new char[4096];
            return new string(start, 0, reader.ReadBlock(start, 0, start.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // not recognised; reading it reports the reason
        }
    }
}
