namespace GeoVlm.Data.Synthetic;

/// <summary>What a synthetic scene shows; the lower-case name is the scene label.</summary>
public enum SceneType
{
    /// <summary>Water and a quay on one side.</summary>
    Harbor,

    /// <summary>Grass, apron, and a runway with markings.</summary>
    Airport,

    /// <summary>Concrete yards, a road, tanks.</summary>
    Industrial,

    /// <summary>Houses in gardens along a road.</summary>
    Residential,

    /// <summary>Fields with row texture, hedges, a track.</summary>
    Farmland,
}
