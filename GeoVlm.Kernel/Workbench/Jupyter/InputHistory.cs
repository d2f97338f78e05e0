using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Jupyter;

/// <summary>The cells of this kernel so far, for consoles that page back through them.</summary>
internal sealed class InputHistory
{
    private const int Session = 1;
    private readonly List<Entry> entries = [];

    public void Add(int line, string input, string? output) => entries.Add(new Entry(line, input, output));

    /// <summary>Answers a history_request: the kinds tail, range and search.</summary>
    public JsonObject Answer(Message request)
    {
        int most = request.Integer("n") ?? int.MaxValue;
        IEnumerable<Entry> found = request.Text("hist_access_type") switch
        {
            "tail" => entries.TakeLast(most),
            "range" => Range(request.Integer("session") ?? 0, request.Integer("start") ?? 0, request.Integer("stop") ?? int.MaxValue),
            "search" => Search(request.Text("pattern") ?? "*", request.Flag("unique") == true).TakeLast(most),
            _ => [],
        };
        bool withOutput = request.Flag("output") == true;
        JsonArray history = [.. found.Select(entry => entry.ToJson(withOutput))];
        return new JsonObject { ["status"] = "ok", ["history"] = history };
    }

    // Session 0 is this one; no earlier session is kept.
    private IEnumerable<Entry> Range(int session, int start, int stop) =>
        session is 0 or Session ? entries.Where(entry => entry.Line >= start && entry.Line < stop) : [];

    private IEnumerable<Entry> Search(string pattern, bool unique)
    {
        IEnumerable<Entry> found = entries.Where(entry => FileSystemName.MatchesSimpleExpression(pattern, entry.Input, ignoreCase: false));
        return unique ? found.Reverse().DistinctBy(entry => entry.Input).Reverse() : found;
    }

    private sealed record Entry(int Line, string Input, string? Output)
    {
        public JsonNode ToJson(bool withOutput) =>
            new JsonArray(Session, Line, withOutput ? new JsonArray(Input, Output) : (JsonNode)Input);
    }
}
