using GeoVlm.Learning.Schedules;

namespace GeoVlm.Learning.Checks.Kinds;

/// <summary><c>schedules</c>: a schedule of transformers by name to the learning rate <c>lr</c> of each step.</summary>
internal sealed class SchedulesCheck : ICheckKind
{
    /// <inheritdoc/>
    public string Name => "schedules";

    /// <inheritdoc/>
    public IEnumerable<Quantity> Run(CheckCase @case, CheckContext context)
    {
        double Option(string name, double otherwise) => @case.Field("kwargs")?[name]?.GetValue<double>() ?? otherwise;
        double peak = @case.Required("base_lr").GetValue<double>();
        var schedule = LearningRateSchedule.Find(@case.Name);
        var options = new ScheduleOptions(@case.Required("total").GetValue<int>(), @case.Required("warmup").GetValue<int>())
        {
            FinalShare = Option("min_lr_rate", Option("min_lr_ratio", Option("lr_end", schedule.Name == "polynomial" ? 1e-7 : 0) / peak)),
            Power = Option("power", 1),
            Cycles = Option("num_cycles", 1),
            DecaySteps = (int)Option("num_decay_steps", 0),
        };
        CheckValue want = context.Reader.Value(@case.Required("lr"));
        yield return new Quantity("lr", CheckValue.Of(want.Numbers.Select((_, step) => peak * schedule.Factor(step, options))), want);
    }
}
