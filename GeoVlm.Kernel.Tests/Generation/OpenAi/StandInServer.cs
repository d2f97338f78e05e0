using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GeoVlm.Tests.Generation.OpenAi;

/// <summary>A server that answers as a test wants: any status, slowly, cut in the middle. One request a connection.</summary>
internal sealed class StandInServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<Request, Reply> answer;

    public StandInServer(Func<Request, Reply> answer)
    {
        this.answer = answer;
        listener.Start(backlog: 2_000);
        _ = Accept();
    }

    public sealed record Request(string Method, string Path, JsonObject? Body, string Authorization)
    {
        public byte[] Raw { get; init; } = [];
    }

    /// <param name="CutAfter">Bytes of the body after which the connection is closed; null sends all.</param>
    public sealed record Reply(
        string Body,
        int Status = 200,
        TimeSpan Delay = default,
        int? CutAfter = null,
        string Headers = "",
        string Type = "application/json"
    );

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");

    public List<Request> Requests { get; } = [];

    public int MostAtOnce { get; private set; }

    private int atOnce;

    public void Dispose() => listener.Stop();

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => Serve(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task Serve(TcpClient client)
    {
        using var closing = client;
        try
        {
            var stream = client.GetStream();
            var request = await Read(stream);
            lock (Requests)
            {
                Requests.Add(request);
                MostAtOnce = Math.Max(MostAtOnce, ++atOnce);
            }
            var reply = answer(request);
            await Task.Delay(reply.Delay);
            lock (Requests)
                atOnce--;
            byte[] body = Encoding.UTF8.GetBytes(reply.Body);
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 {reply.Status} X\r\nContent-Type: {reply.Type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{reply.Headers}\r\n"
                )
            );
            await stream.WriteAsync(body.AsMemory(0, Math.Min(body.Length, reply.CutAfter ?? body.Length)));
        }
        catch (IOException)
        {
            // the caller went away
        }
    }

    private static async Task<Request> Read(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[65_536];
        int headerEnd = -1,
            length = 0;
        while (headerEnd < 0 || bytes.Count < headerEnd + 4 + length)
        {
            int count = await stream.ReadAsync(buffer);
            if (count == 0)
                throw new IOException("closed");
            bytes.AddRange(buffer.AsSpan(0, count));
            if (headerEnd >= 0)
                continue;
            headerEnd = bytes.ToArray().AsSpan().IndexOf("\r\n\r\n"u8);
            if (headerEnd >= 0 && Header(bytes, headerEnd, "Content-Length") is { Length: > 0 } text)
                length = int.Parse(text);
        }
        byte[] all = [.. bytes];
        string[] first = Encoding.ASCII.GetString(all, 0, headerEnd).Split("\r\n")[0].Split(' ');
        bool isObject =
            length > 0
            && all[headerEnd + 4] == (byte)'{'
            && !Header(bytes, headerEnd, "Content-Type").Contains("ndjson", StringComparison.Ordinal);
        return new(
            first[0],
            first[1],
            isObject ? JsonNode.Parse(all.AsSpan(headerEnd + 4, length))!.AsObject() : null,
            Header(bytes, headerEnd, "Authorization")
        )
        {
            Raw = all[(headerEnd + 4)..(headerEnd + 4 + length)],
        };
    }

    private static string Header(List<byte> bytes, int end, string name) =>
        Encoding
            .ASCII.GetString([.. bytes.Take(end)])
            .Split("\r\n")
            .FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..].Trim()
        ?? "";

    /// <summary>A chat completion as vLLM writes it: each text a choice, each letter a token whose id is its code.</summary>
    public static Reply Chat(params string[] texts) =>
        new(
            JsonSerializer.Serialize(
                new
                {
                    id = "chatcmpl-1",
                    @object = "chat.completion",
                    model = "m",
                    choices = texts.Select(
                        (text, index) =>
                            new
                            {
                                index,
                                message = new { role = "assistant", content = text },
                                finish_reason = "stop",
                                logprobs = new
                                {
                                    content = text.Select(c => new
                                    {
                                        token = $"token_id:{(int)c}",
                                        logprob = -0.5,
                                        bytes = new[] { (int)c },
                                        top_logprobs = Array.Empty<object>(),
                                    }),
                                },
                            }
                    ),
                }
            )
        );

    /// <summary>The same in pieces, a letter each.</summary>
    public static Reply Stream(string text, bool whole = true) =>
        new(
            string.Concat(
                text.Select(c =>
                    $"data: {JsonSerializer.Serialize(new { choices = new[] { new { index = 0, delta = new { content = c.ToString() }, logprobs = new { content = new[] { new { token = $"token_id:{(int)c}", logprob = -0.25 } } } } } })}\n\n"
                )
            ) + (whole ? "data: {\"choices\": [{\"index\": 0, \"delta\": {}, \"finish_reason\": \"length\"}]}\n\ndata: [DONE]\n\n" : ""),
            Type: "text/event-stream"
        );
}
