using Microsoft.CodeAnalysis.CSharp;

namespace GeoVlm.Workbench.Languages;

/// <summary>Names as C# code spells them.</summary>
internal static class CSharpName
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    /// <summary>The type in code that compiles anywhere; a type that code cannot name gives its nearest public base or interface.</summary>
    public static string Of(Type type) => Spell(Nameable(type), qualified: true);

    /// <summary>The type as a person writes it, without namespaces: <c>List&lt;Sample&gt;</c>.</summary>
    public static string Short(Type type) => Spell(type, qualified: false);

    /// <summary>The name as an identifier, with <c>@</c> before a word of C#.</summary>
    /// <exception cref="GeoVlmException">It is not one.</exception>
    public static string Identifier(string name)
    {
        if (!SyntaxFacts.IsValidIdentifier(name))
            throw new GeoVlmException($"'{name}' cannot be the name of a variable: write letters, digits and _, not starting with a digit");
        return SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
    }

    private static Type Nameable(Type type)
    {
        if (IsNameable(type))
            return type;
        for (Type? at = type.BaseType; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
            if (IsNameable(at))
                return at;
        // Of the interfaces the most telling: a sequence before anything else (LINQ's iterators are their own enumerators), then the
        // one that extends most others.
        return type.GetInterfaces()
                .Where(IsNameable)
                .MaxBy(candidate => (candidate.IsAssignableTo(typeof(System.Collections.IEnumerable)), candidate.GetInterfaces().Length))
            ?? typeof(object);
    }

    private static bool IsNameable(Type type)
    {
        if (type.HasElementType)
            return IsNameable(type.GetElementType()!);
        if (type.GetGenericArguments().Any(argument => !IsNameable(argument)))
            return false;
        for (Type? at = type; at is not null; at = at.DeclaringType)
        {
            if (IsSubmission(at))
                break;
            if (at.Name.Contains('<') || !(at.IsPublic || at.IsNestedPublic))
                return false;
        }
        return true;
    }

    private static bool IsSubmission(Type type) => type.Name.StartsWith("Submission#", StringComparison.Ordinal);

    private static string Spell(Type type, bool qualified)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsArray)
        {
            // int[][,] is an array of int[,]: the ranks read from the outside in.
            string ranks = "";
            Type element = type;
            for (; element.IsArray; element = element.GetElementType()!)
                ranks += $"[{new string(',', element.GetArrayRank() - 1)}]";
            return Spell(element, qualified) + ranks;
        }
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Spell(underlying, qualified) + "?";
        if (type.IsGenericParameter)
            return type.Name;

        Stack<Type> nesting = [];
        for (Type? at = type; at is not null && !IsSubmission(at); at = at.DeclaringType)
            nesting.Push(at);
        bool isOfCell = nesting.Peek().DeclaringType is not null;
        string prefix =
            qualified && !isOfCell
                ? string.IsNullOrEmpty(type.Namespace)
                    ? "global::"
                    : $"global::{type.Namespace}."
                : "";
        Type[] arguments = type.GetGenericArguments();
        int used = isOfCell ? nesting.Peek().DeclaringType!.GetGenericArguments().Length : 0;
        List<string> parts = [];
        foreach (Type level in nesting)
        {
            string name = level.Name.Split('`')[0];
            Type[] own = arguments[Math.Min(used, arguments.Length)..Math.Min(level.GetGenericArguments().Length, arguments.Length)];
            used += own.Length;
            parts.Add(own.Length == 0 ? name : $"{name}<{string.Join(", ", own.Select(argument => Spell(argument, qualified)))}>");
        }
        return prefix + string.Join('.', qualified ? parts : parts.TakeLast(1));
    }
}
