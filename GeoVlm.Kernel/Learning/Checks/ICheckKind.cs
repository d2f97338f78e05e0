namespace GeoVlm.Learning.Checks;

/// <summary>Something that can be compared with the reference implementations: the <c>kind</c> of a check in checks.json.</summary>
internal interface ICheckKind
{
    /// <summary>The kind's name in checks.json.</summary>
    string Name { get; }

    /// <summary>Whether its numbers change wholly with the last digits of the model's, as ids, ratios of probabilities and Adam's first
    /// steps do; in a coarser type they are only reported.</summary>
    bool NeedsEveryDigit => false;

    /// <summary>Computes what a case asks for.</summary>
    /// <param name="case">Inputs, settings and expectations. What the result does not cover of its <c>expect</c> counts as failed.</param>
    /// <param name="context">Models and images of the folder.</param>
    /// <remarks>Runs within a dispose scope of its own; an exception fails the case.</remarks>
    IEnumerable<Quantity> Run(CheckCase @case, CheckContext context);
}
