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
            if (char.IsUpper(c) && name.Length > 0)
                name.Append('-');
            name.Append(char.ToLowerInvariant(c));
        }
        return name.ToString();
    }

    /// <summary>The task of a name.</summary>
    /// <exception cref="GeoVlmException">There is none.</exception>
    public static EoTask Parse(string name) => NearestName.Find(Enum.GetValues<EoTask>(), Of, name, "task");
}
