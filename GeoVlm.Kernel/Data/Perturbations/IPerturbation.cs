namespace GeoVlm.Data.Perturbations;

/// <summary>A change of a sample that should not change what the right answer is: how well an answer survives it is robustness.</summary>
public interface IPerturbation
{
    /// <summary>What options call it.</summary>
    string Name { get; }

    /// <summary>One line for help.</summary>
    string Summary { get; }

    /// <summary>The changed sample; null where the change would change the right answer. Boxes, outlines and masks follow the pixels; the
    /// id stays, so that answers can be paired. Pixels are changed when they are loaded.</summary>
    Sample? Apply(Sample sample);
}
