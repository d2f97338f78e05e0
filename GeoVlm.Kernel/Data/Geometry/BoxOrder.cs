namespace GeoVlm.Data.Geometry;

/// <summary>What the four numbers of a written box are.</summary>
public enum BoxOrder
{
    /// <summary>Left, top, right, bottom.</summary>
    Xyxy,

    /// <summary>Left, top, width, height.</summary>
    Xywh,

    /// <summary>Centre column, centre row, width, height.</summary>
    CenterSize,
}
