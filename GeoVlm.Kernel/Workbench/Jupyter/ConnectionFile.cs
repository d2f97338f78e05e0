using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>Where a front end wants the five sockets, and the key that signs messages. Source: jupyter_client, "Making kernels".</summary>
public sealed record ConnectionFile
{
    /// <summary>Only "tcp".</summary>
    [JsonPropertyName("transport")]
    public string Transport { get; init; } = "tcp";

    /// <summary>A loopback address.</summary>
    [JsonPropertyName("ip")]
    public required string Ip { get; init; }

    /// <summary>Requests, in order.</summary>
    [JsonPropertyName("shell_port")]
    public required int ShellPort { get; init; }

    /// <summary>Requests that must not wait for a running cell.</summary>
    [JsonPropertyName("control_port")]
    public required int ControlPort { get; init; }

    /// <summary>Questions to the user.</summary>
    [JsonPropertyName("stdin_port")]
    public required int StdinPort { get; init; }

    /// <summary>Output, to all front ends.</summary>
    [JsonPropertyName("iopub_port")]
    public required int IoPubPort { get; init; }

    /// <summary>Echo, to see that the kernel lives.</summary>
    [JsonPropertyName("hb_port")]
    public required int HeartbeatPort { get; init; }

    /// <summary>Only "hmac-sha256".</summary>
    [JsonPropertyName("signature_scheme")]
    public string SignatureScheme { get; init; } = "hmac-sha256";

    /// <summary>Shared secret; empty for unsigned messages.</summary>
    [JsonPropertyName("key")]
    public string Key { get; init; } = "";

    /// <summary>Reads the file that Jupyter puts in place of <c>{connection_file}</c>.</summary>
    /// <exception cref="GeoVlmException">It is missing, malformed, or asks for something else than signed TCP on loopback.</exception>
    public static ConnectionFile Read(string path)
    {
        ConnectionFile file;
        try
        {
            file =
                JsonSerializer.Deserialize<ConnectionFile>(File.ReadAllText(path))
                ?? throw new GeoVlmException($"The connection file {path} holds null. Start the kernel from Jupyter, which writes it.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new GeoVlmException(
                $"The connection file {path} cannot be used: {error.Message} Start the kernel from Jupyter, which writes it.",
                error
            );
        }

        if (file.Transport != "tcp")
            throw new GeoVlmException(
                $"The connection file {path} asks for transport \"{file.Transport}\"; only \"tcp\" is spoken. Set KernelManager.transport to tcp."
            );
        if (file.SignatureScheme != "hmac-sha256")
            throw new GeoVlmException(
                $"The connection file {path} asks for signatures \"{file.SignatureScheme}\"; only \"hmac-sha256\" is known. Set Session.signature_scheme to it."
            );
        if (!IPAddress.TryParse(file.Ip, out IPAddress? address) || !IPAddress.IsLoopback(address))
            throw new GeoVlmException(
                $"The connection file {path} asks to listen on \"{file.Ip}\"; cells are code, so this kernel listens on loopback only. Set KernelManager.ip to 127.0.0.1 and forward ports with ssh."
            );
        return file;
    }

    /// <summary>The address of a port, as NetMQ wants it.</summary>
    internal string Address(int port) => $"tcp://{(Ip.Contains(':') ? $"[{Ip}]" : Ip)}:{port}";
}
