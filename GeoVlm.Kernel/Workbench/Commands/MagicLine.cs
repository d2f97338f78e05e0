using System.Globalization;
using GeoVlm.Data;

namespace GeoVlm.Workbench.Commands;

/// <summary>A magic line: <c>#!geo-load synthetic --split train --count=@n # comment</c>.</summary>
internal sealed class MagicLine
{
    private readonly IReadOnlyList<MagicToken> words;

    private MagicLine(string name, IReadOnlyList<MagicToken> words) => (Name, this.words) = (name, words);

    /// <summary>The command's name with its prefix.</summary>
    public string Name { get; }

    /// <summary>Whether help was asked for instead of the command.</summary>
    public bool AsksForHelp => words.Any(word => !word.IsQuoted && word.Text is "--help" or "-h");

    /// <summary>Splits a line into its words.</summary>
    /// <exception cref="GeoVlmException">It cannot be split.</exception>
    public static MagicLine Parse(string line)
    {
        IReadOnlyList<MagicToken> tokens = MagicToken.Split(line);
        return new MagicLine(tokens[0].Text, [.. tokens.Skip(1)]);
    }

    /// <summary>Fits the words to a command's options.</summary>
    /// <param name="command">The command of this name.</param>
    /// <param name="variable">Gives the text of the session's variable for
    /// <c>@name</c>; null checks all but those, before a cell runs.</param>
    /// <exception cref="GeoVlmException">Unknown, repeated, missing or ill-fitting arguments; the message names every one.</exception>
    public MagicArguments Bind(IMagicCommand command, Func<string, string>? variable = null)
    {
        Dictionary<string, string> values = [];
        HashSet<string> later = []; // given as @name, read when the line runs
        List<string> problems = [];
        Queue<MagicOption> positional = new(command.Options.Where(option => option.IsPositional));
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i].IsOption)
                ReadOption(ref i);
            else if (positional.TryDequeue(out MagicOption? option))
                Take(option, words[i]);
            else if (command.Options.LastOrDefault(candidate => candidate.IsPositional) is { Joint: not null } list)
                Take(list, words[i]);
            else
                problems.Add($"'{words[i].Text}' is one argument too many; it takes {Describe(command)}");
        }
        foreach (MagicOption option in command.Options)
        {
            if (values.ContainsKey(option.Name) || later.Contains(option.Name))
                continue;
            if (option.Default is { } standard)
                values[option.Name] = standard;
            else if (option.Required)
                problems.Add($"{option.Name} is missing: {option.Summary.TrimEnd('.')}");
        }
        if (problems.Count > 0)
            throw new GeoVlmException($"{command.Name}: {string.Join("; ", problems)}. `{command.Name} --help` shows its options");
        return new MagicArguments(values);

        void ReadOption(ref int i)
        {
            string[] parts = words[i].Text.Split('=', 2);
            // A host that completes options by name offers positional ones so too: --source.
            MagicOption? option =
                command.Options.FirstOrDefault(candidate => candidate.Name == parts[0])
                ?? command.Options.FirstOrDefault(candidate => candidate.IsPositional && "--" + candidate.Name == parts[0]);
            if (option is null)
            {
                string[] names = [.. command.Options.Where(candidate => !candidate.IsPositional).Select(candidate => candidate.Name)];
                string all = names.Length == 0 ? "it has no options" : $"it has {string.Join(", ", names)}";
                problems.Add($"unknown option {parts[0]}{NearestName.Suggestion(parts[0], names)} ({all})");
                if (parts.Length == 1 && i + 1 < words.Count && !words[i + 1].IsOption)
                    i++; // most likely its value
            }
            else if (option.Kind == MagicOptionKind.Flag)
            {
                if (parts.Length == 2)
                    problems.Add($"{option.Name} takes no value: write it to switch it on, leave it out otherwise");
                else if (!values.TryAdd(option.Name, "true"))
                    problems.Add($"{option.Name} is given twice");
            }
            else if (parts.Length == 2)
            {
                Take(option, new MagicToken(parts[1], words[i].IsQuoted));
            }
            else if (i + 1 < words.Count && !words[i + 1].IsOption)
            {
                Take(option, words[++i]);
            }
            else
            {
                problems.Add($"{option.Name} needs a value: {option.Summary.TrimEnd('.')}");
            }
        }

        void Take(MagicOption option, MagicToken word)
        {
            if (option.Joint is null && (values.ContainsKey(option.Name) || later.Contains(option.Name)))
            {
                problems.Add($"{option.Name} is given twice");
                return;
            }
            string text = word.Text;
            if (!option.IsLiteral && !word.IsQuoted && text.StartsWith('@') && text.Length > 1)
            {
                if (variable is null)
                {
                    later.Add(option.Name);
                    return;
                }
                text = variable(text[1..]);
            }
            values[option.Name] = values.TryGetValue(option.Name, out string? before) ? $"{before}{option.Joint}{text}" : text;
            if (Problem(option, text) is { } problem)
                problems.Add(problem);
        }
    }

    private static string? Problem(MagicOption option, string text) =>
        option switch
        {
            { Kind: MagicOptionKind.Integer }
                when !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                $"{option.Name} wants a whole number, found '{text}'",
            { Kind: MagicOptionKind.Number } when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) =>
                $"{option.Name} wants a number such as 0.5 or 1e-4, found '{text}'",
            { Choices: { } choices } when !choices.Contains(text) =>
                $"{option.Name} cannot be '{text}'{NearestName.Suggestion(text, choices)} (one of {string.Join(", ", choices)})",
            _ => null,
        };

    private static string Describe(IMagicCommand command)
    {
        string[] names = [.. command.Options.Where(option => option.IsPositional).Select(option => option.Name)];
        return names.Length == 0 ? "no positional argument" : string.Join(", ", names);
    }
}
