using System.Text;
using System.Text.Json.Nodes;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>Gathers what a cell puts out, as the file will hold it.</summary>
internal sealed class OutputCollector(DisplayRegistry displays, Action<string> printed) : ICellHost
{
    private readonly Lock gate = new();
    private readonly List<JsonObject> outputs = [];
    private readonly StringBuilder streamText = new();
    private StreamKind streamKind;
    private bool clearBeforeNext;

    public void Stream(StreamKind stream, string text)
    {
        if (text.Length == 0)
            return;
        lock (gate)
        {
            ClearIfAsked();
            if (stream != streamKind)
                CloseStream();
            streamKind = stream;
            streamText.Append(text);
        }
        printed(text);
    }

    public void Display(MimeBundle bundle, string? displayId = null)
    {
        JsonObject output = DataOutput("display_data", bundle);
        lock (gate)
            Add(output);
        if (displayId is not null)
            displays.Shown(displayId, output);
    }

    public void UpdateDisplay(MimeBundle bundle, string displayId) => displays.Replace(displayId, bundle);

    public void ClearOutput(bool wait)
    {
        lock (gate)
        {
            clearBeforeNext = true;
            if (!wait)
                ClearIfAsked();
        }
    }

    public string Input(string prompt, bool password) =>
        throw new GeoVlmException(
            $"The cell asks \"{prompt}\", but a run from the command line has nobody to answer. Set the value with -p, or run the notebook in Jupyter."
        );

    /// <summary>The value of the cell's last expression.</summary>
    public void Result(MimeBundle bundle, int executionCount)
    {
        JsonObject output = DataOutput("execute_result", bundle);
        output["execution_count"] = executionCount;
        lock (gate)
            Add(output);
    }

    /// <summary>What went wrong.</summary>
    public void Error(CellError error)
    {
        lock (gate)
            Add(
                new JsonObject
                {
                    ["output_type"] = "error",
                    ["ename"] = error.Name,
                    ["evalue"] = error.Message,
                    ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
                }
            );
    }

    /// <summary>The outputs so far.</summary>
    public JsonArray ToJson()
    {
        lock (gate)
        {
            CloseStream();
            return new JsonArray([.. outputs.Select(output => displays.Snapshot(output))]);
        }
    }

    private void Add(JsonObject output)
    {
        ClearIfAsked();
        CloseStream();
        outputs.Add(output);
    }

    private void ClearIfAsked()
    {
        if (!clearBeforeNext)
            return;
        clearBeforeNext = false;
        streamText.Clear();
        outputs.Clear();
    }

    private void CloseStream()
    {
        if (streamText.Length == 0)
            return;
        outputs.Add(
            new JsonObject
            {
                ["output_type"] = "stream",
                ["name"] = streamKind == StreamKind.Stdout ? "stdout" : "stderr",
                ["text"] = NotebookText.ToLines(streamText.ToString()),
            }
        );
        streamText.Clear();
    }

    private static JsonObject DataOutput(string type, MimeBundle bundle) =>
        new()
        {
            ["output_type"] = type,
            ["data"] = MimeContent.ToNotebook(bundle),
            ["metadata"] = new JsonObject(),
        };
}
