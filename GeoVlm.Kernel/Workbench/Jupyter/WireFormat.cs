using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Messages as frames: identities, delimiter, signature, header, parent, metadata, content, buffers. One reading thread.</summary>
internal sealed class WireFormat(MessageSigner signer)
{
    private const int PartsAfterDelimiter = 5;
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    // As many as Jupyter's own Session remembers.
    private const int Remembered = 65536;
    private readonly HashSet<string> seen = [];
    private readonly Queue<string> order = new();

    private static ReadOnlySpan<byte> Delimiter => "<IDS|MSG>"u8;

    public List<byte[]> Write(Message message)
    {
        byte[] header = Bytes(message.Header),
            parent = Bytes(message.Parent),
            metadata = Bytes(message.Metadata),
            content = Bytes(message.Content);
        return
        [
            .. message.Identities,
            Delimiter.ToArray(),
            signer.Sign(header, parent, metadata, content),
            header,
            parent,
            metadata,
            content,
            .. message.Buffers,
        ];
    }

    /// <summary>The message; null when it is malformed or not signed with our key, and then <paramref name="fault"/> says why.</summary>
    public Message? Read(IReadOnlyList<byte[]> frames, out string fault)
    {
        int delimiter = 0;
        while (delimiter < frames.Count && !Delimiter.SequenceEqual(frames[delimiter]))
            delimiter++;
        if (frames.Count - delimiter - 1 < PartsAfterDelimiter)
        {
            fault = "it has too few frames";
            return null;
        }
        byte[] header = frames[delimiter + 2],
            parent = frames[delimiter + 3],
            metadata = frames[delimiter + 4],
            content = frames[delimiter + 5];
        if (!signer.Verify(frames[delimiter + 1], header, parent, metadata, content))
        {
            fault = "its signature is wrong";
            return null;
        }
        if (IsReplayed(frames[delimiter + 1]))
        {
            fault = "it came before";
            return null;
        }
        try
        {
            fault = "";
            return new Message(
                [.. frames.Take(delimiter)],
                Object(header),
                Object(parent),
                Object(metadata),
                Object(content),
                [.. frames.Skip(delimiter + 1 + PartsAfterDelimiter)]
            );
        }
        catch (JsonException error)
        {
            fault = error.Message;
            return null;
        }
    }

    // A signature comes twice only when somebody sends again what he overheard. On the thread of the sockets alone.
    private bool IsReplayed(byte[] signature)
    {
        if (signature.Length == 0)
            return false;
        string text = Encoding.ASCII.GetString(signature);
        if (!seen.Add(text))
            return true;
        order.Enqueue(text);
        if (order.Count > Remembered)
            seen.Remove(order.Dequeue());
        return false;
    }

    private static byte[] Bytes(JsonObject part) => JsonSerializer.SerializeToUtf8Bytes(part, Json);

    private static JsonObject Object(byte[] part) =>
        JsonNode.Parse(part, documentOptions: new JsonDocumentOptions { MaxDepth = 512, AllowDuplicateProperties = false }) as JsonObject
        ?? throw new JsonException("a part is not a JSON object");
}
