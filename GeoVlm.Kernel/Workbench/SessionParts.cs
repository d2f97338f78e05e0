namespace GeoVlm.Workbench;

/// <summary>What commands keep for the life of a session, one of each type: the evaluator of a language, a connection.</summary>
internal sealed class SessionParts : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<Type, object> parts = [];

    /// <summary>The session's one; made on the first call.</summary>
    public T Get<T>(Func<T> make)
        where T : class
    {
        lock (gate)
        {
            if (parts.TryGetValue(typeof(T), out object? kept))
                return (T)kept;
            T made = make();
            parts[typeof(T)] = made;
            return made;
        }
    }

    /// <summary>The session's one; null when it was never asked for.</summary>
    public T? Find<T>()
        where T : class
    {
        lock (gate)
            return parts.GetValueOrDefault(typeof(T)) as T;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (gate)
        {
            foreach (IDisposable part in parts.Values.OfType<IDisposable>())
                part.Dispose();
            parts.Clear();
        }
    }
}
