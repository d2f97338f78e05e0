using System.Text;
using GeoVlm.Workbench.Commands;
using GeoVlm.Workbench.Languages;

namespace GeoVlm.Workbench;

/// <summary>Completion, inspection and diagnostics of cells, whichever language stands at the cursor.</summary>
internal sealed class SessionAssistant(CSharpLanguage csharp, string workingFolder, Func<string, IMagicCommand?> find)
{
    private readonly MagicAssistant magic = new(CommandCatalogue.All);

    /// <summary>What may stand at the cursor.</summary>
    public Completions Complete(string code, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, code.Length);
        (int start, int end) = LineAround(code, position);
        Mask mask = new(code, find);
        if (mask.IsMagic(code, start, end))
        {
            Completions found = magic.Complete(
                code[start..end].TrimEnd('\r'),
                position - start,
                new MagicValues(csharp.Variables, workingFolder)
            );
            return found with { Start = found.Start + start, End = found.End + start };
        }
        return mask.Holds(position) ? Completions.None(position) : csharp.Assistant.Complete(mask.CSharp, position, cancellation);
    }

    /// <summary>What stands at the cursor; null for nothing that is known.</summary>
    public Inspection? Inspect(string code, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, code.Length);
        (int start, int end) = LineAround(code, position);
        Mask mask = new(code, find);
        if (mask.IsMagic(code, start, end))
            return magic.Inspect(code[start..end].TrimEnd('\r'), position - start);
        return mask.Holds(position) ? null : csharp.Assistant.Inspect(mask.CSharp, position, cancellation);
    }

    /// <summary>The faults that the C# compiler sees.</summary>
    public IReadOnlyList<CellDiagnostic> Diagnose(string code, CancellationToken cancellation) =>
        csharp.Assistant.Diagnose(new Mask(code, find).CSharp, cancellation);

    private static (int Start, int End) LineAround(string code, int position)
    {
        int start = position == 0 ? 0 : code.LastIndexOf('\n', position - 1) + 1;
        int end = code.IndexOf('\n', position);
        return (start, end < 0 ? code.Length : end);
    }

    /// <summary>A cell with everything but its C# blanked, so that positions hold.</summary>
    private sealed class Mask
    {
        private readonly bool[] masked;

        public Mask(string code, Func<string, IMagicCommand?> find)
        {
            masked = new bool[code.Length];
            int[] lines = [0, .. code.Index().Where(letter => letter.Item == '\n').Select(letter => letter.Index + 1), code.Length + 1];
            foreach (CellSegment segment in CellSegment.Split(code, find).Where(segment => segment.IsMagic))
            {
                Blank(lines[segment.Line - 1], lines[segment.Line] - 1);
                if (segment.Body.Length > 0)
                    Blank(lines[segment.BodyLine - 1], lines[segment.BodyLine - 1 + segment.Body.Split('\n').Length] - 1);
            }
            StringBuilder text = new(code);
            for (int i = 0; i < code.Length; i++)
                if (masked[i] && code[i] is not ('\n' or '\r'))
                    text[i] = ' ';
            CSharp = text.ToString();
        }

        public string CSharp { get; }

        public bool Holds(int position) => position > 0 && position <= masked.Length && masked[position - 1];

        public bool IsMagic(string code, int start, int end) => code.AsSpan(start, end - start).StartsWith("#!") && masked[start];

        private void Blank(int start, int end) => Array.Fill(masked, true, start, Math.Max(0, Math.Min(end, masked.Length) - start));
    }
}
