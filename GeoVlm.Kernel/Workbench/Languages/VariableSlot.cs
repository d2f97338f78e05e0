using System.ComponentModel;

namespace GeoVlm.Workbench.Languages;

/// <summary>Hands a value from the session to the generated code that declares it as a variable.</summary>
/// <remarks>Public because cells are compiled into assemblies of their own. One slot per thread.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class VariableSlot
{
    [ThreadStatic]
    private static object? value;

    /// <summary>The value on its way.</summary>
    public static object? Value
    {
        get => value;
        internal set => VariableSlot.value = value;
    }
}
