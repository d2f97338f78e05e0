using System.Text.Json.Nodes;
using GeoVlm.Rendering;
using GeoVlm.Tests.Goldens;
using GeoVlm.Workbench;
using GeoVlm.Workbench.Widgets;

namespace GeoVlm.Tests.Workbench;

public sealed class WidgetTests
{
    [Fact]
    public void A_slider_is_opened_moved_from_the_page_and_read_by_a_later_cell()
    {
        using Session session = new(SharedFolder.Repository);
        CommRecorder page = new();
        session.Execute(
            "var iou = new Slider(\"IoU\", 0.5); double heard = 0; iou.Moved = x => heard = x; iou",
            page,
            TestContext.Current.CancellationToken,
            1
        );
        CommMessage[] opened = [.. page.Messages.Where(message => message.Type == "comm_open")];
        Assert.Equal(
            ["LayoutModel", "SliderStyleModel", "FloatSliderModel"],
            opened.Select(message => message.Data["state"]!["_model_name"]!.GetValue<string>())
        );
        Assert.Equal("IPY_MODEL_" + opened[0].Id, opened[2].Data["state"]!["layout"]!.GetValue<string>());

        JsonObject update = new()
        {
            ["method"] = "update",
            ["state"] = new JsonObject { ["value"] = 0.75, ["_view_name"] = "Evil" },
        };
        session.Comms.Receive(new CommMessage("comm_msg", opened[2].Id, null, update, [], []), page);
        CellResult read = session.Execute("(iou.Value, heard)", page, TestContext.Current.CancellationToken, 2);
        Assert.Equal("(0.75, 0.75)", read.Value!.Data[MimeBundle.Text]);
        Assert.Equal("echo_update", page.Messages[^1].Data["method"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_button_stops_a_cell_that_runs_and_without_a_page_a_widget_is_text()
    {
        using Session session = new(SharedFolder.Repository);
        CommRecorder page = new();
        session.Execute(
            "var stop = new Button(\"Stop\"); var pick = new Dropdown(\"task\", \"a\", \"b\"); display(stop);",
            page,
            TestContext.Current.CancellationToken
        );
        string id = page.Messages[^1].Id;
        Task<CellResult> running = Task.Run(() =>
            session.Execute(
                "while (!stop.Pressed.IsCancellationRequested) Thread.Sleep(5); pick.Value",
                page,
                TestContext.Current.CancellationToken
            )
        );
        JsonObject click = new()
        {
            ["method"] = "custom",
            ["content"] = new JsonObject { ["event"] = "click" },
        };
        session.Comms.Receive(new CommMessage("comm_msg", id, null, click, [], []), page);
        await running.WaitAsync(Deadlines.Prompt, TestContext.Current.CancellationToken);
        Assert.Equal("task: a (of a, b)", new Dropdown("task", "a", "b").Render().Data[MimeBundle.Text]);
        Assert.False(new Button("x").Render().Data.ContainsKey("application/vnd.jupyter.widget-view+json"));
    }

    private sealed class CommRecorder : ICellHost
    {
        public List<CommMessage> Messages { get; } = [];

        public void SendComm(CommMessage message) => Messages.Add(message);

        public void Stream(StreamKind stream, string text) { }

        public void Display(MimeBundle bundle, string? displayId = null) { }

        public void UpdateDisplay(MimeBundle bundle, string displayId) { }

        public void ClearOutput(bool wait) { }

        public string Input(string prompt, bool password) => "";
    }
}
