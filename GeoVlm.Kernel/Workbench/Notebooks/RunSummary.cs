using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace GeoVlm.Workbench.Notebooks;

/// <summary>What several notebooks did, for build servers: as JSON, and in the XML of JUnit, which they all read.</summary>
/// <param name="runs">Path and outcome of each notebook.</param>
internal sealed class RunSummary(IReadOnlyList<(string Path, RunOutcome Outcome)> runs)
{
    /// <summary>The summary as JSON.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["notebooks"] = new JsonArray([
                .. runs.Select(run =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["path"] = run.Path,
                            ["status"] = run.Outcome.Failure is null ? "ok" : "error",
                            ["seconds"] = Math.Round(run.Outcome.Cells.Sum(cell => cell.Elapsed.TotalSeconds), 3),
                            ["cells"] = new JsonArray([
                                .. run.Outcome.Cells.Select(cell =>
                                    (JsonNode)
                                        new JsonObject
                                        {
                                            ["number"] = cell.Number,
                                            ["status"] = cell.Status.ToString().ToLowerInvariant(),
                                            ["seconds"] = Math.Round(cell.Elapsed.TotalSeconds, 3),
                                            ["error"] = cell.Error?.Message,
                                        }
                                ),
                            ]),
                        }
                ),
            ]),
        };

    /// <summary>The summary as JUnit's XML: a suite for each notebook, a case for each code cell.</summary>
    public string ToJUnit() =>
        new XDocument(
            new XElement(
                "testsuites",
                runs.Select(run => new XElement(
                    "testsuite",
                    new XAttribute("name", run.Path),
                    new XAttribute("tests", run.Outcome.Cells.Count),
                    new XAttribute("failures", run.Outcome.Failure is null ? 0 : 1),
                    new XAttribute("time", Seconds(run.Outcome.Cells.Sum(cell => cell.Elapsed.TotalSeconds))),
                    run.Outcome.Cells.Select(cell => new XElement(
                        "testcase",
                        new XAttribute("name", $"cell {cell.Number}"),
                        new XAttribute("classname", run.Path),
                        new XAttribute("time", Seconds(cell.Elapsed.TotalSeconds)),
                        run.Outcome.Failure?.Number == cell.Number && cell.Error is { } error
                            ? new XElement(
                                "failure",
                                new XAttribute("message", Printable(error.Message)),
                                new XAttribute("type", error.Name),
                                Printable(string.Join('\n', error.Traceback))
                            )
                            : null
                    ))
                ))
            )
        ).ToString();

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML cannot hold the control characters that terminals use.
    private static string Printable(string text) => new([.. NotebookText.OfTerminal(text).Where(System.Xml.XmlConvert.IsXmlChar)]);
}
