using System.ComponentModel;

namespace GeoVlm.Workbench.Interactive;

/// <summary>Hands values to the code that declares them as variables of the host. Public because that code is compiled elsewhere.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class InteractiveValues
{
    /// <summary>The value that waits under a key, once.</summary>
    public static object Take(string key) => InteractiveContext.Take(key);
}
