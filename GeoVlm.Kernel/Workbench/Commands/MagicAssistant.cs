namespace GeoVlm.Workbench.Commands;

/// <summary>Completion and help for magic lines: names, options, and the values of options.</summary>
internal sealed class MagicAssistant(IReadOnlyList<IMagicCommand> commands)
{
    /// <summary>What may stand at a column of a magic line.</summary>
    public Completions Complete(string line, int column, MagicValues values)
    {
        string before = line[..column];
        int word = before.LastIndexOfAny([' ', '\t']) + 1;
        if (word == 0)
            return Fit(0, column, Names(), before);
        string typed = before[word..];
        if (Find(line) is not { } command)
            return Completions.None(column);
        string[] words = before[..word].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1..];

        int equals = typed.StartsWith("--", StringComparison.Ordinal) ? typed.IndexOf('=') : -1;
        if (equals >= 0)
            return Option(command, typed[..equals]) is { } assigned ? Value(assigned, typed[(equals + 1)..]) : Completions.None(column);
        if (typed.StartsWith('-'))
            return Fit(word, column, Options(command, words), typed);
        if (
            words is [.., var last]
            && last.StartsWith("--", StringComparison.Ordinal)
            && Option(command, last) is { Kind: not MagicOptionKind.Flag } named
        )
            return Value(named, typed);
        MagicOption? positional = command.Options.Where(option => option.IsPositional).Skip(Positional(command, words)).FirstOrDefault();
        Completions fitting = positional is null ? Completions.None(column) : Value(positional, typed);
        return typed.Length > 0 ? fitting : new Completions(column, column, [.. fitting.Items, .. Options(command, words)]);

        Completions Value(MagicOption option, string text)
        {
            string part = text[(text.LastIndexOf(',') + 1)..];
            return new Completions(column - part.Length, column, [.. values.Of(option, part)]);
        }
    }

    /// <summary>Help on the command of a line, or on the option under the cursor; null where there is no such command.</summary>
    public Inspection? Inspect(string line, int column)
    {
        if (Find(line) is not { } command)
            return null;
        int start = line.LastIndexOfAny([' ', '\t'], Math.Max(0, Math.Min(column, line.Length) - 1)) + 1;
        int end = line.IndexOfAny([' ', '\t', '='], start);
        string word = line[start..(end < 0 ? line.Length : end)];
        CommandHelp help = new(command);
        string text = Option(command, word) is { } option ? $"{option.Name}  {CommandHelp.Describe(option)}\n\n{help.Text()}" : help.Text();
        return new Inspection(text, $"```\n{text}\n```");
    }

    private static Completions Fit(int start, int end, IEnumerable<CompletionEntry> candidates, string typed) =>
        new(start, end, [.. candidates.Where(candidate => candidate.Text.StartsWith(typed, StringComparison.Ordinal))]);

    private IEnumerable<CompletionEntry> Names() =>
        commands
            .SelectMany(
                command => command.Aliases.Prepend(command.Name),
                (command, name) => new CompletionEntry(name, "magic", command.Summary)
            )
            .OrderBy(entry => entry.Text, StringComparer.Ordinal);

    private static IEnumerable<CompletionEntry> Options(IMagicCommand command, string[] words) =>
        command
            .Options.Where(option =>
                !option.IsPositional
                && !words.Any(word => word == option.Name || word.StartsWith(option.Name + "=", StringComparison.Ordinal))
            )
            .Select(option => new CompletionEntry(option.Name, "option", option.Summary));

    private static MagicOption? Option(IMagicCommand command, string name) => command.Options.FirstOrDefault(option => option.Name == name);

    // How many positional arguments stand before the cursor.
    private static int Positional(IMagicCommand command, string[] words)
    {
        int count = 0;
        for (int i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
                count++;
            else if (!words[i].Contains('=') && Option(command, words[i]) is { Kind: not MagicOptionKind.Flag })
                i++;
        }
        return count;
    }

    private IMagicCommand? Find(string line)
    {
        string name = line.Split(' ', '\t', '\r')[0];
        return commands.FirstOrDefault(command => command.Name == name || command.Aliases.Contains(name));
    }
}
