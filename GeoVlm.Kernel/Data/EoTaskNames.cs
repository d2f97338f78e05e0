using System.Text;

namespace GeoVlm.Data;

/// <summary>The names of tasks as people type them: <c>referred-detection</c>.</summary>
public static class EoTaskNames
{
    /// <summary>All names, in the order of <see cref="EoTask"/>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<EoTask>().Select(Of)];

    /// <summary>The name of a task: lower case, words joined by '-'.</summary>
    public static string Of(EoTask task)
    {
        var name = new StringBuilder();
        foreach (char c in task.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0) name.Append('-');
            name.Append(char.ToLowerInvariant(c));
        }
        return name.ToString();
    }

    /// <summary>The task of a name.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public static EoTask Parse(string name)
    {
        foreach (var task in Enum.GetValues<EoTask>())
            if (string.Equals(Of(task), name, StringComparison.OrdinalIgnoreCase) || string.Equals(task.ToString(), name, StringComparison.OrdinalIgnoreCase)) return task;
        throw new GeoVlmException($"there is no task '{name}'; there are: {string.Join(", ", All)}");
    }
}
