using System.Globalization;
using System.Text.Json;

namespace GeoVlm.Workbench.Exporting;

/// <summary>Texts that several job folders share.</summary>
internal static class ExportTexts
{
    /// <summary>A number as Python and YAML read it.</summary>
    public static string Number(double value) => value.ToString("0.##########", CultureInfo.InvariantCulture);

    /// <summary>Flat YAML: numbers and true or false as they are, everything else quoted.</summary>
    public static string Yaml(IEnumerable<(string Name, string Value)> options) =>
        string.Concat(
            options.Select(o =>
                $"{o.Name}: {(double.TryParse(o.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? Plain(o.Value, number) : o.Value is "true" or "false" ? o.Value : JsonSerializer.Serialize(o.Value))}\n"
            )
        );

    /// <summary>The start of the reward client: <c>score(completions, columns)</c> asks
    /// <c>serve-rewards</c> and gives a number or None for each.</summary>
    public static string RewardClient(ExportJob job) =>
        $$$"""
            # Rewards of `geovlm serve-rewards`. Its address: GEOVLM_REWARDS_URL, its token: GEOVLM_REWARDS_TOKEN.
            import json
            import os
            import time
            import urllib.error
            import urllib.request

            URL = os.environ.get("GEOVLM_REWARDS_URL", "{{{job.RewardAddress.ToString().TrimEnd('/')}}}") + "/v1/rewards"
            TOKEN = os.environ.get("GEOVLM_REWARDS_TOKEN")
            REWARDS = {{{(job.Rewards is null ? "None" : JsonSerializer.Serialize(job.Rewards))}}}
            FIELDS = ("id", "task", "reference", "reference_frame", "width", "height", "frame")


            def score(completions, columns):
                body = {"completions": completions, **{k: columns[k] for k in FIELDS if k in columns}}
                if REWARDS:
                    body["rewards"] = REWARDS
                headers = {"Content-Type": "application/json", **({"Authorization": "Bearer " + TOKEN} if TOKEN else {})}
                request = urllib.request.Request(URL, json.dumps(body).encode(), headers)
                for attempt in range(6):
                    try:
                        with urllib.request.urlopen(request, timeout=120) as answer:
                            return json.load(answer)["rewards"]
                    except urllib.error.HTTPError as error:
                        if error.code < 500 and error.code != 429:
                            raise RuntimeError(error.read().decode()) from error
                    except urllib.error.URLError:
                        pass
                    time.sleep(2**attempt)
                raise RuntimeError(f"no answer from {URL}")

            """;

    // YAML 1.1 takes 1E-06 for a text: it wants a dot.
    private static string Plain(string text, double number) =>
        text.Contains('E', StringComparison.OrdinalIgnoreCase) ? number.ToString("0.0###############", CultureInfo.InvariantCulture) : text;
}
