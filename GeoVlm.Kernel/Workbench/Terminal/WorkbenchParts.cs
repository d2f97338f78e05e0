using System.Text.Json.Nodes;

namespace GeoVlm.Workbench.Terminal;

/// <summary>What the command line puts to work; Program names the real ones, tests others.</summary>
/// <param name="NewSession">Makes a session, given its working folder.</param>
/// <param name="RenderHtml">Notebook and title to one HTML page.</param>
/// <param name="Probes">What <c>doctor</c> looks at, in order.</param>
public sealed record WorkbenchParts(
    Func<string, ISession> NewSession,
    Func<JsonObject, string, string> RenderHtml,
    IReadOnlyList<Probe> Probes
);
