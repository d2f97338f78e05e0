using GeoVlm.Data.Prompts;
using GeoVlm.Models;

namespace GeoVlm.Generation.OpenAi;

/// <summary>A server that follows a policy in training: after each update the policy's adapter
/// is written to disk, and the server loads it from there.</summary>
/// <param name="server">The server; not owned.</param>
/// <param name="folder">Where adapters are written; the server must see it under the same path.</param>
public sealed class AdapterRolloutEngine(OpenAiRolloutEngine server, string folder) : ISeparateRolloutEngine, IDisposable
{
    private readonly string session = Guid.NewGuid().ToString("N")[..8]; // a name is never used twice, nor by two trainers
    private string? name;

    /// <inheritdoc/>
    /// <remarks>A server that was started again meanwhile has lost the adapter: it is loaded once more, and all prompts are sampled
    /// anew.</remarks>
    /// <exception cref="GeoVlmException">The server failed for good. No rollout of the call is kept then.</exception>
    public IReadOnlyList<RolloutGroup> Generate(
        IReadOnlyList<Prompt> prompts,
        SamplingOptions options,
        CancellationToken cancellation = default
    )
    {
        try
        {
            return server.Generate(prompts, options, cancellation);
        }
        catch (GeoVlmException) when (name is not null && !server.Models(cancellation).Contains(name))
        {
            server.UseAdapter(name, Place(name), cancellation);
            return server.Generate(prompts, options, cancellation);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="GeoVlmException">The policy has no adapter, it cannot be written, or the server refuses it.</exception>
    public void Follow(Policy policy, int step, CancellationToken cancellation = default)
    {
        if (policy.Model.Adapter is not { } adapter)
            throw new GeoVlmException(
                $"{policy.Name} has no adapter, and a server can be given nothing else while it runs. Train a low-rank adapter (--lora r=16), or sample from the policy itself."
            );
        string next = $"geovlm-{session}-step-{step}";
        adapter.Save(Place(next), Path.GetFullPath(policy.Folder));
        server.UseAdapter(next, Place(next), cancellation);
        Delete();
        name = next;
    }

    /// <summary>Has the server forget the adapter, at the end of a training.</summary>
    /// <exception cref="GeoVlmException">It does not answer.</exception>
    public void Leave(CancellationToken cancellation = default) => server.DropAdapter(cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Delete();
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }

    private string Place(string adapter) => Path.GetFullPath(Path.Combine(folder, adapter));

    private void Delete()
    {
        if (name is not null && Directory.Exists(Place(name)))
            Directory.Delete(Place(name), recursive: true);
    }
}
