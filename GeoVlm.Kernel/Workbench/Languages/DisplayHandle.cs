using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Languages;

/// <summary>Something shown by <c>display</c> that can be replaced in place, also from a later cell.</summary>
public sealed class DisplayHandle
{
    private readonly CellScope origin;

    internal DisplayHandle(CellScope scope) => origin = scope;

    /// <summary>The display's id on the wire; unique.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Shows this value in place of what stood there.</summary>
    public void Update(object? value) => (CellScope.Current ?? origin).Display(ValueRenderer.Render(value), Id, update: true);
}
