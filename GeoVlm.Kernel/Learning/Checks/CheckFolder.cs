using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GeoVlm.Models;
using GeoVlm.Models.Native;
using static TorchSharp.torch;

namespace GeoVlm.Learning.Checks;

/// <summary>A folder with checkpoints, what a reference implementation computes with
/// them, and a <c>checks.json</c> that says how to compare.</summary>
/// <remarks>
/// The file's own format: <c>{images, checks}</c>; a check has name, kind, model, dtype, tolerance and cases, and what a case leaves out it
/// has from its check. Nothing is assumed about the folder beyond that file.
/// </remarks>
internal sealed class CheckFolder
{
    private readonly string folder;
    private readonly JsonNode? images;
    private readonly JsonObject[] checks;
    private readonly NumberType? type;

    private CheckFolder(string folder, JsonNode? images, JsonObject[] checks, NumberType? type) =>
        (this.folder, this.images, this.checks, this.type) = (folder, images, checks, type);

    /// <summary>Names of the checks, in order.</summary>
    public IReadOnlyList<string> Names => [.. checks.Select(NameOf)];

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="type">What models compute in; null is what the checks say. In bfloat16 numbers for float32 are compared by
    /// <see cref="CheckTolerance.BFloat16"/>, and kinds that need every digit are only reported.</param>
    /// <exception cref="GeoVlmException">There is no checks.json, or it cannot be understood.</exception>
    public static CheckFolder Open(string folder, NumberType? type = null)
    {
        string path = Path.Combine(folder, "checks.json");
        if (!File.Exists(path))
            throw new GeoVlmException($"{path}: no such file; give a folder with checkpoints and a checks.json that says what to compare.");
        try
        {
            JsonNode? root = JsonNode.Parse(File.ReadAllText(path));
            if (root?["checks"] is not JsonArray checks || checks.Any(c => c is not JsonObject))
                throw new GeoVlmException($"{path}: expected an object with a list 'checks'.");
            return new CheckFolder(folder, root["images"], [.. checks.Select(c => c!.AsObject())], type);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new GeoVlmException($"{path}: not the JSON of a list of checks ({e.Message})", e);
        }
    }

    /// <summary>Runs checks in order.</summary>
    /// <param name="only">Which; null for all.</param>
    /// <param name="cancellation">Stops between two cases.</param>
    public IEnumerable<CheckResult> Run(Func<string, bool>? only = null, CancellationToken cancellation = default)
    {
        using CheckContext context = new(folder, images, TorchRuntime.DefaultDevice, type);
        foreach (JsonObject check in checks.Where(c => only?.Invoke(NameOf(c)) ?? true))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Run(check, context, cancellation);
        }
    }

    private static CheckResult Run(JsonObject check, CheckContext context, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        string kindName = check["kind"]?.ToString() ?? "";
        List<string> problems = [];
        int cases = 0,
            compared = 0;
        double absolute = 0,
            relative = 0;
        string tolerance = "";
        bool informational = check["informational"]?.GetValue<bool>() ?? false;
        ICheckKind? kind = CheckKindCatalogue.All.FirstOrDefault(k => k.Name == kindName);
        if (kind is null)
            problems.Add($"there is no kind '{kindName}'");
        try
        {
            if (check["tolerance"] is { } given)
                tolerance = CheckTolerance.Read(given).ToString();
            foreach (CheckCase @case in kind is null ? [] : CasesOf(check, context.Reader))
            {
                cancellation.ThrowIfCancellationRequested();
                cases++;
                if (context.IsCoarser(@case))
                    (tolerance, informational) = (CheckTolerance.BFloat16.ToString(), informational || kind!.NeedsEveryDigit);
                foreach (Deviation deviation in Run(kind!, @case, context))
                {
                    compared++;
                    (absolute, relative) = (Math.Max(absolute, deviation.Absolute), Math.Max(relative, deviation.Relative));
                    if (deviation.Problem is { } problem)
                        problems.Add($"{@case.Name}: {problem}");
                }
            }
            if (kind is not null && compared == 0)
                problems.Add("nothing was compared");
        }
        catch (Exception e) when (e is GeoVlmException or InvalidOperationException or FormatException)
        {
            problems.Add($"checks.json: {e.Message}"); // the check itself cannot be read
        }
        return new CheckResult(
            NameOf(check),
            kindName,
            cases,
            compared,
            absolute,
            relative,
            tolerance,
            informational,
            problems,
            clock.Elapsed.TotalSeconds
        );
    }

    private static List<Deviation> Run(ICheckKind kind, CheckCase @case, CheckContext context)
    {
        List<Deviation> deviations = [];
        HashSet<string> covered = [];
        try
        {
            using var scope = NewDisposeScope();
            foreach (Quantity quantity in kind.Run(@case, context))
            {
                covered.Add(quantity.Name);
                deviations.Add((context.IsCoarser(@case) ? CheckTolerance.BFloat16 : @case.Tolerance(quantity.Name)).Compare(quantity));
            }
            deviations.AddRange(
                @case.Expectations.Except(covered).Select(name => Deviation.Unlike($"kind '{kind.Name}' knows no quantity '{name}'"))
            );
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever breaks, in this code or in libtorch, is the finding: the other checks still want to be told.
            deviations.Add(Deviation.Unlike(e is GeoVlmException ? e.Message : $"{e.GetType().Name}: {e.Message.Split('\n')[0]}"));
        }
        return deviations;
    }

    private static IEnumerable<CheckCase> CasesOf(JsonObject check, ReferenceReader reader)
    {
        JsonNode? list = check["cases_from"] is { } elsewhere ? reader.Json(elsewhere) : check["cases"];
        if (list is null)
            return [new CheckCase(check, check, 0, reader)];
        if (list is not JsonArray cases || cases.Any(c => c is not JsonObject))
            throw new GeoVlmException($"'{NameOf(check)}': its cases are no list of objects.");
        return cases.Select((c, i) => new CheckCase(check, c!.AsObject(), i, reader));
    }

    private static string NameOf(JsonObject check) => check["name"]?.ToString() ?? check["kind"]?.ToString() ?? "?";
}
