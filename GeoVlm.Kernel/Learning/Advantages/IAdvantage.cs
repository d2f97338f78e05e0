namespace GeoVlm.Learning.Advantages;

/// <summary>How the rewards of a batch become advantages: each rollout is compared with others, so no value model is needed.</summary>
public interface IAdvantage
{
    /// <summary>Its name in a config: lower case, words joined by '_'.</summary>
    string Name { get; }

    /// <summary>One line for help: the formula, and its source.</summary>
    string Summary { get; }

    /// <summary>One advantage per rollout; 0 for a rollout that no reward could score,
    /// and for a group whose rewards are all equal.</summary>
    double[] Of(RewardTable rewards);
}
