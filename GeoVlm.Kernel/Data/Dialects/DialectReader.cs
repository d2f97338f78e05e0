using System.Globalization;
using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Dialects;

/// <summary>Makes boxes of lists of numbers, gives each the phrase before it, and says what is wrong.</summary>
internal static class DialectReader
{
    private const int MaxProblems = 20,
        MaxLabel = 200;

    public static DialectReading Read(BoxDialect dialect, IEnumerable<BoxScanner.Found> lists, string text, CoordinateFrame frame)
    {
        var boxes = new List<ReadBox>();
        var points = new List<(double, double)>();
        var problems = new List<ReadingProblem>();
        IReadOnlyList<(string Phrase, int End)>? phrases = null;
        int phrase = -1;
        bool none = false;
        foreach (var found in lists)
        {
            int count = found.Numbers.Count;
            if (!found.Closed)
                Report(ReadingFault.Truncated, found, "the text ends inside a box");
            else if (found.IsPoint && count == 2)
                points.Add((found.Numbers[0], found.Numbers[1]));
            else if (count == 0 && !found.NotNumbers)
                none = true;
            else if (count is not (4 or 5 or 8) || found.IsPoint || (count == 5 && dialect.Angle == AngleSense.None))
                Report(
                    ReadingFault.WrongCount,
                    found,
                    found.NotNumbers ? "not a list of numbers" : $"{count} numbers, expected {Expected(dialect)}"
                );
            else
            {
                phrases ??= BoxScanner.Phrases(text);
                while (phrase + 1 < phrases.Count && phrases[phrase + 1].End <= found.Start)
                    phrase++;
                string label = found.Label ?? (phrase >= 0 ? phrases[phrase].Phrase : "");
                boxes.Add(new ReadBox(found.Numbers, found.Start, found.Length, label.Length > MaxLabel ? label[..MaxLabel] : label));
                Check(found);
            }
        }
        return new DialectReading(dialect, frame, boxes, problems) { Points = points, SaysNone = none && boxes.Count == 0 };

        void Check(BoxScanner.Found found)
        {
            var n = found.Numbers;
            double width = frame.Width,
                height = frame.Height;
            int corners = n.Count == 8 ? 8 : 4;
            for (int i = 0; i < corners; i++)
                if (n[i] < 0 || n[i] > (i % 2 == 0 ? width : height))
                {
                    Report(
                        ReadingFault.OutOfRange,
                        found,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{n[i]} lies outside 0 to {(i % 2 == 0 ? width : height)} ({frame.Name})"
                        )
                    );
                    break;
                }
            if (corners == 8)
                return;
            if (n[0] > n[2] || n[1] > n[3])
                Report(ReadingFault.Inverted, found, "right or bottom lies before left or top");
            else if (n[0] == n[2] || n[1] == n[3])
                Report(ReadingFault.Degenerate, found, "the box has no width or no height");
        }

        void Report(ReadingFault fault, BoxScanner.Found found, string what)
        {
            if (problems.Count < MaxProblems)
                problems.Add(new ReadingProblem(fault, found.Start, what));
        }
    }

    private static string Expected(BoxDialect dialect) =>
        dialect.Angle == AngleSense.None ? "4 (or 8 for four corners)" : "4, 5 with an angle, or 8 for four corners";
}
