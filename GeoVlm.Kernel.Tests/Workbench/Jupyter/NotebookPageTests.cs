using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using GeoVlm.Tests.Workbench.Languages;
using GeoVlm.Workbench.Jupyter;
using GeoVlm.Workbench.Notebooks;
using Microsoft.Playwright;

namespace GeoVlm.Tests.Workbench.Jupyter;

/// <summary>The kernel behind a real Jupyter Notebook page in the chromium of the system.</summary>
public sealed class NotebookPageTests : IAsyncLifetime
{
    private const float Patience = 180_000;
    private readonly string folder = Directory.CreateTempSubdirectory("geovlm-notebook").FullName;
    private Process? server;
    private IPlaywright? playwright;
    private IBrowser? browser;
    private IPage page = null!;

    public async ValueTask InitializeAsync()
    {
        string? chromium = OnPath("chromium"),
            jupyter = OnPath("jupyter-notebook");
        Assert.SkipWhen(
            chromium is null || jupyter is null,
            "no chromium or no Jupyter Notebook on this system: apt-get install chromium jupyter-notebook"
        );
        WriteNotebook();
        string address = Serve(jupyter!);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox"] });
        page = await browser.NewPageAsync();
        page.SetDefaultTimeout(Patience);
        await Reach(address);
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (server is { HasExited: false })
            server.Kill(entireProcessTree: true);
        server?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Pictures_and_charts_show_magic_completes_a_loop_is_interrupted_and_a_restart_forgets()
    {
        await page.ClickAsync("#celllink");
        await page.ClickAsync("#run_all_cells a");
        await page.WaitForFunctionAsync(
            "() => [1, 2].every(i => document.querySelectorAll('.cell')[i].querySelector('.output_area img, .output_area svg'))"
        );
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.cell')[3].innerText.includes('43')");

        await Type("#!geo-l");
        await page.Keyboard.PressAsync("Tab");
        await page.WaitForFunctionAsync("() => Jupyter.notebook.get_selected_cell().get_text() === '#!geo-load'");

        await Type("while (true) { }");
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForFunctionAsync("() => document.querySelector('#kernel_indicator_icon.kernel_busy_icon')");
        await page.ClickAsync("button[data-jupyter-action='jupyter-notebook:interrupt-kernel']");
        await Shows("interrupted");

        await page.ClickAsync("button[data-jupyter-action='jupyter-notebook:confirm-restart-kernel']");
        await page.ClickAsync(".modal-dialog .btn-danger");
        await page.WaitForFunctionAsync("() => document.querySelector('#kernel_indicator_icon.kernel_idle_icon')");
        await Type("answer + 1");
        await page.Keyboard.PressAsync("Control+Enter");
        await Shows("CS0103");
    }

    private Task Shows(string text) =>
        page.WaitForFunctionAsync("text => Jupyter.notebook.get_selected_cell().element[0].innerText.includes(text)", text);

    // Into a new cell at the end.
    private Task Type(string text) =>
        page.EvaluateAsync(
            "text => { const cell = Jupyter.notebook.insert_cell_at_bottom('code'); Jupyter.notebook.select(Jupyter.notebook.ncells() - 1); cell.set_text(text); cell.focus_cell(); "
                + "Jupyter.notebook.edit_mode(); cell.focus_editor(); cell.code_mirror.setCursor(0, text.length); }",
            text
        );

    private void WriteNotebook()
    {
        NotebookFile notebook = NotebookFile.Empty();
        string[] cells =
        [
            "#!geo-load synthetic --split train --count 4 --tasks referred-detection",
            "#!geo-show train --count 2",
            "new GeoVlm.Rendering.Charts.LineChart(\"loss\", \"step\", \"loss\", GeoVlm.Rendering.Charts.ChartSeries.Of(\"a\", [3, 2, 1]))",
            "var answer = 42; answer + 1",
        ];
        for (int i = 0; i < cells.Length; i++)
            notebook.Insert(i, NotebookCell.Code(cells[i]));
        notebook.Write(Path.Combine(folder, "page.ipynb"));
        string spec = Path.Combine(KernelSpec.Install(folder), "kernel.json");
        JsonNode json = JsonNode.Parse(File.ReadAllText(spec))!;
        json["argv"] = new JsonArray([.. KernelProcessTests.Program.Select(word => (JsonNode)word)]); // this process is the tests
        File.WriteAllText(spec, json.ToJsonString());
    }

    private string Serve(string jupyter)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        ProcessStartInfo start = new(
            jupyter,
            [
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                $"--port={port}",
                "--port-retries=0",
                "--NotebookApp.token=page",
                $"--notebook-dir={folder}",
            ]
        );
        start.Environment["JUPYTER_PATH"] = Path.Combine(folder, "share", "jupyter");
        foreach (string name in (string[])["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"])
            start.Environment[name] = Path.Combine(folder, name);
        start.RedirectStandardError = start.RedirectStandardOutput = true;
        server = Process.Start(start)!;
        server.BeginErrorReadLine();
        server.BeginOutputReadLine();
        return $"http://127.0.0.1:{port}/notebooks/page.ipynb?token=page";
    }

    private async Task Reach(string address)
    {
        for (Stopwatch watch = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            try
            {
                await page.GotoAsync(address);
                break;
            }
            catch (PlaywrightException) when (watch.ElapsedMilliseconds < Patience && server is { HasExited: false })
            {
                continue; // the server is not up yet
            }
        }
        await page.WaitForFunctionAsync("() => window.Jupyter?.notebook?.kernel?.info_reply?.status === 'ok'");
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(part => Path.Combine(part, name)).FirstOrDefault(File.Exists);
}
