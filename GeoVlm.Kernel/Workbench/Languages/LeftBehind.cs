namespace GeoVlm.Workbench.Languages;

/// <summary>What of an interrupted cell did not stop with it.</summary>
internal enum LeftBehind
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Something that was awaited and not told of the interrupt; the cell's code behind the await does not run.</summary>
    Await,

    /// <summary>A call that never looks, which keeps its thread busy.</summary>
    Call,
}
