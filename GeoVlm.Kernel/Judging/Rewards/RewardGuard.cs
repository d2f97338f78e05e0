using System.Runtime.CompilerServices;
using GeoVlm.Data;
using GeoVlm.Judging.Parsing;

namespace GeoVlm.Judging.Rewards;

/// <summary>Calls a reward so that nothing it does ends the run: it may throw, give no number, hang, or differ from call to call.</summary>
internal static class RewardGuard
{
    private const int MostHangs = 3,
        PurityStride = 64,
        LongestFault = 300;
    private static readonly ConditionalWeakTable<IReward, State> States = [];

    /// <summary>The scores of a group, one for each completion; <c>Fault</c> says what went wrong.</summary>
    /// <remarks>Rewards of this assembly are pure and bounded by their tests: they run as they are. Others run on a thread of their own
    /// with a time limit; a thread that hangs is left behind, and after three the reward is not called again.</remarks>
    public static (RewardScore Score, string? Fault)[] Score(
        IReward reward,
        IReadOnlyList<ParsedCompletion> group,
        Sample sample,
        RewardPolicy policy
    ) =>
        reward is IGroupReward together
            ? Spread(Guarded(reward, sample, policy, () => together.ScoreGroup(group, sample)), group.Count)
            : [.. group.Select(c => Spread(Guarded(reward, sample, policy, () => [reward.Score(c, sample)]), 1)[0])];

    private static (RewardScore, string?)[] Spread((IReadOnlyList<RewardScore> Scores, string? Fault) result, int count) =>
        result.Scores.Count == count
            ? [.. result.Scores.Select(s => (s, result.Fault))]
            : [.. Enumerable.Repeat((result.Scores[0], result.Fault ?? $"{result.Scores.Count} scores for {count} completions"), count)];

    private static (IReadOnlyList<RewardScore> Scores, string? Fault) Guarded(
        IReward reward,
        Sample sample,
        RewardPolicy policy,
        Func<IReadOnlyList<RewardScore>> score
    )
    {
        bool ours = reward.GetType().Assembly == typeof(IReward).Assembly && reward is not IForeignCode;
        var state = States.GetOrCreateValue(reward);
        try
        {
            var scores = ours ? score() : Limited(reward, state, policy, score);
            if (scores.FirstOrDefault(s => !(s.Value >= 0 && s.Value <= MostOf(reward))) is { } odd)
                return Failed($"it gave {odd.Value}, expected a value from 0 to {MostOf(reward)}");
            if (!ours && state.IsTurnToCheck(policy) && Limited(reward, state, policy, score) is var again && Differ(scores, again))
                return Failed($"it gave {scores[0].Value} and then {again[0].Value} for the same completion; a reward must be pure");
            return (scores, null);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception e)
        {
            return Failed(
                e switch
                {
                    RewardFailure failure => failure.Reason,
                    GeoVlmException or TimeoutException => e.Message,
                    _ => $"it threw {e.GetType().Name}: {e.Message}",
                }
            );
        }

        (IReadOnlyList<RewardScore>, string?) Failed(string what)
        {
            string fault = $"reward '{reward.Name}' on sample '{sample.Id}': {what}";
            fault = fault.Length > LongestFault ? fault[..LongestFault] + "…" : fault;
            return ([new RewardScore(policy.Floor, what)], fault);
        }
    }

    // Published rewards are shown with the range they were published with.
    private static double MostOf(IReward reward) => reward.KnownFlaw.Length > 0 ? double.MaxValue : 1;

    private static bool Differ(IReadOnlyList<RewardScore> a, IReadOnlyList<RewardScore> b) =>
        a.Count != b.Count || a.Zip(b).Any(p => p.First.Value != p.Second.Value);

    private static IReadOnlyList<RewardScore> Limited(
        IReward reward,
        State state,
        RewardPolicy policy,
        Func<IReadOnlyList<RewardScore>> score
    )
    {
        if (state.Hangs >= MostHangs)
            throw new TimeoutException($"it hung {MostHangs} times and is no longer called");
        IReadOnlyList<RewardScore>? scores = null;
        Exception? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    scores = score();
                }
                catch (Exception e)
                {
                    error = e;
                }
            },
            maxStackSize: 4 << 20
        )
        {
            IsBackground = true,
            Name = $"reward {reward.Name}",
        };
        thread.Start();
        if (!thread.Join(policy.TimeLimit))
        {
            Interlocked.Increment(ref state.Hangs);
            throw new TimeoutException($"it took longer than {policy.TimeLimit.TotalSeconds:0.#} s");
        }
        if (error is not null)
            throw error;
        return scores!;
    }

    private sealed class State
    {
        public int Hangs;
        private int calls;

        public bool IsTurnToCheck(RewardPolicy policy)
        {
            int call = Interlocked.Increment(ref calls);
            return call <= policy.PurityChecks || call % PurityStride == 0;
        }
    }
}

/// <summary>Marks a reward of this assembly that runs code from outside it, such as a lambda of a cell.</summary>
internal interface IForeignCode;
