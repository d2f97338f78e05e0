using System.Text.Json.Nodes;
using GeoVlm.Workbench.Jupyter;
using NetMQ;
using NetMQ.Sockets;

namespace GeoVlm.Tests.Workbench.Jupyter;

public sealed class JupyterKernelTests : IDisposable
{
    private readonly KernelClient client = new();

    public void Dispose() => client.Dispose();

    [Fact]
    public void A_front_end_is_welcomed_and_told_what_this_is()
    {
        Assert.Equal("iopub_welcome", client.Welcome.Type);
        foreach (DealerSocket socket in (DealerSocket[])[client.Shell, client.Control])
        {
            string id = client.Send(socket, "kernel_info_request", []);
            Message reply = client.Receive(socket);
            Assert.Equal(("kernel_info_reply", "5.5"), (reply.Type, reply.Text("protocol_version")));
            Assert.Equal(["busy", "idle"], client.Broadcasts(id).Select(message => message.Text("execution_state")));
        }
    }

    [Fact]
    public void A_second_kernel_on_the_same_connection_says_so_and_leaves_the_first_alone()
    {
        var error = Assert.Throws<GeoVlmException>(() => new JupyterKernel(client.Connection, folder => new ScriptedSession(folder)));
        Assert.Contains($"cannot listen on tcp://127.0.0.1:{client.Connection.ShellPort}", error.Message);
        client.Execute("value 1");
        Assert.Equal("ok", client.Receive(client.Shell).Text("status"));
    }

    [Fact]
    public void A_front_end_that_comes_back_under_its_old_name_is_answered()
    {
        client.Execute("value 1");
        client.Receive(client.Shell);
        using DealerSocket again = new();
        again.Options.Identity = client.Shell.Options.Identity!;
        again.Connect($"tcp://127.0.0.1:{client.Connection.ShellPort}");
        client.Send(again, "kernel_info_request", []);
        Assert.Equal("kernel_info_reply", client.Receive(again).Type);
    }

    [Fact]
    public void A_cell_is_echoed_its_output_sent_in_order_and_idle_last()
    {
        string id = client.Execute(
            "print a\nprint b\nwarn c\nshow d one\nupdate d two\nclear wait\njson {\"k\":1}",
            expressions: new JsonObject { ["x"] = "value 7", ["y"] = "fail no" }
        );
        List<Message> out1 = client.Broadcasts(id);
        Assert.Equal(
            [
                "status",
                "execute_input",
                "stream",
                "stream",
                "display_data",
                "update_display_data",
                "clear_output",
                "execute_result",
                "status",
            ],
            out1.Select(message => message.Type)
        );
        Assert.Equal(("a\nb\n", "stderr"), (out1[2].Text("text"), out1[3].Text("name")));
        Assert.Equal("d", out1[5].Content["transient"]!["display_id"]!.GetValue<string>());
        Assert.Equal(1, out1[7].Content["data"]!["application/json"]!["k"]!.GetValue<int>());

        Message reply = client.Receive(client.Shell);
        Assert.Equal(("ok", 1), (reply.Text("status"), reply.Integer("execution_count")));
        Assert.Equal("7", reply.Content["user_expressions"]!["x"]!["data"]!["text/plain"]!.GetValue<string>());
        Assert.Equal("error", reply.Content["user_expressions"]!["y"]!["status"]!.GetValue<string>());
    }

    [Fact]
    public void An_error_aborts_what_was_queued_behind_it()
    {
        string failing = client.Execute("sleep 1000\nfail boom");
        client.Execute("print never");
        client.Send(client.Shell, "kernel_info_request", []);
        Message[] replies = [client.Receive(client.Shell), client.Receive(client.Shell), client.Receive(client.Shell)];
        Assert.Equal(["error", "aborted", "ok"], replies.Select(reply => reply.Text("status")));
        Assert.Equal(("Boom", "boom"), (replies[0].Text("ename"), replies[0].Text("evalue")));
        Assert.Equal("boom", Assert.Single(client.Broadcasts(failing), message => message.Type == "error").Text("evalue"));

        client.Execute("sleep 1000\nfail boom", stopOnError: false);
        client.Execute("value 1");
        Assert.Equal(["error", "ok"], [client.Receive(client.Shell).Text("status"), client.Receive(client.Shell).Text("status")]);
    }

    [Fact]
    public void Silent_code_is_not_heard_and_not_counted()
    {
        string id = client.Execute("print a\nvalue 1", silent: true);
        Assert.All(client.Broadcasts(id), message => Assert.Equal("status", message.Type));
        client.Receive(client.Shell);
        client.Execute("value 1");
        Assert.Equal(1, client.Receive(client.Shell).Integer("execution_count"));
    }

    [Fact]
    public void Control_and_heartbeat_answer_while_a_cell_runs_and_interrupt_ends_it()
    {
        string id = client.Execute("print before\nwait");
        while (client.Broadcast().Type != "stream") { } // held-back text comes while the cell still runs
        using RequestSocket heartbeat = new($">tcp://127.0.0.1:{client.Connection.HeartbeatPort}");
        heartbeat.SendFrame("ping");
        Assert.Equal("ping", heartbeat.ReceiveFrameString());

        client.Send(client.Control, "interrupt_request", []);
        Assert.Equal("interrupt_reply", client.Receive(client.Control).Type);
        Message reply = client.Receive(client.Shell);
        Assert.Equal(("error", "Interrupted"), (reply.Text("status"), reply.Text("ename")));
        Assert.Contains(client.Broadcasts(id), message => message.Type == "error");
        client.Execute("value 1");
        Assert.Equal("ok", client.Receive(client.Shell).Text("status"));
    }

    [Fact]
    public void Input_asks_the_front_end_that_sent_the_cell_or_fails_at_once()
    {
        string id = client.Execute("ask name?", allowStdin: true);
        Message question = client.Receive(client.Stdin);
        Assert.Equal(("input_request", "name?", false), (question.Type, question.Text("prompt"), question.Flag("password")));
        client.Send(client.Stdin, "input_reply", new JsonObject { ["value"] = "geo" });
        Assert.Contains(client.Broadcasts(id), message => message.Text("text") == "got geo\n");
        client.Receive(client.Shell);

        client.Execute("ask name?");
        Assert.Equal("error", client.Receive(client.Shell).Text("status"));
    }

    [Fact]
    public void Consoles_get_history_completion_help_and_a_closed_comm()
    {
        client.Execute("value 6*7");
        client.Execute("value 1");
        client.Receive(client.Shell);
        client.Receive(client.Shell);
        Assert.Equal("[[1,2,\"value 1\"]]", History(new() { ["hist_access_type"] = "tail", ["n"] = 1 }));
        Assert.Equal(
            "[[1,1,[\"value 6*7\",\"6*7\"]]]",
            History(
                new()
                {
                    ["hist_access_type"] = "range",
                    ["session"] = 0,
                    ["start"] = 1,
                    ["stop"] = 2,
                    ["output"] = true,
                }
            )
        );
        Assert.Equal("[[1,1,\"value 6*7\"]]", History(new() { ["hist_access_type"] = "search", ["pattern"] = "*6?7" }));

        Assert.Equal("(#!geox,5,10)", Complete("🛰️;\n\n#!geo", 10)); // the satellite is two code points, three UTF-16 units
        Assert.Equal("(,0,0)", Complete("", 0));
        client.Send(client.Shell, "inspect_request", new JsonObject { ["code"] = "geo", ["cursor_pos"] = 3 });
        Assert.Equal("about geo", client.Receive(client.Shell).Content["data"]!["text/plain"]!.GetValue<string>());
        client.Send(client.Shell, "inspect_request", new JsonObject { ["code"] = "throw", ["cursor_pos"] = 3 });
        Assert.Equal(
            ("inspect_reply", "error"),
            client.Receive(client.Shell) is var failed ? (failed.Type, failed.Text("status")) : default
        );
        client.Execute("geo?");
        Assert.Equal("page", client.Receive(client.Shell).Content["payload"]![0]!["source"]!.GetValue<string>());

        string id = client.Send(client.Shell, "comm_open", new JsonObject { ["comm_id"] = "c1", ["target_name"] = "none" });
        Assert.Equal("c1", Assert.Single(client.Broadcasts(id), message => message.Type == "comm_close").Text("comm_id"));
    }

    [Fact]
    public void A_subshell_answers_while_a_cell_runs()
    {
        client.Send(client.Control, "create_subshell_request", []);
        string subshell = client.Receive(client.Control).Text("subshell_id")!;
        client.Execute("wait");
        client.Send(client.Shell, "execute_request", new JsonObject { ["code"] = "value 3" }, subshell);
        Assert.Equal("ok", client.Receive(client.Shell).Text("status"));
        client.Send(client.Shell, "kernel_info_request", [], "none");
        Assert.Equal(
            ("kernel_info_reply", "error"),
            client.Receive(client.Shell) is var unknown ? (unknown.Type, unknown.Text("status")) : default
        );
        client.Send(client.Control, "interrupt_request", []);
        Assert.Equal("ok", client.Receive(client.Control).Text("status"));
        Assert.Equal("error", client.Receive(client.Shell).Text("status"));
        client.Send(client.Control, "delete_subshell_request", new JsonObject { ["subshell_id"] = subshell });
        Assert.Equal("ok", client.Receive(client.Control).Text("status"));
        client.Send(client.Control, "list_subshell_request", []);
        Assert.Empty(client.Receive(client.Control).Content["subshell_id"]!.AsArray());
    }

    [Fact]
    public void An_interrupt_reaches_a_cell_that_has_arrived_and_not_begun_and_no_later_one()
    {
        client.Execute("value 1"); // the session is there
        client.Receive(client.Shell);
        client.Send(client.Shell, "inspect_request", new JsonObject { ["code"] = "hold", ["cursor_pos"] = 4 });
        client.Execute("wait");
        client.Send(client.Shell, "kernel_info_request", [], "none"); // answered at once, and so the cell has arrived
        Assert.Equal("error", client.Receive(client.Shell).Text("status"));
        client.Send(client.Control, "interrupt_request", []);
        Assert.Equal("ok", client.Receive(client.Control).Text("status"));
        client.Session!.Release.Set();
        Assert.Equal("inspect_reply", client.Receive(client.Shell).Type);
        Assert.Equal("error", client.Receive(client.Shell).Text("status"));
        client.Execute("value 2");
        Assert.Equal("ok", client.Receive(client.Shell).Text("status"));
    }

    [Fact]
    public void A_comm_carries_data_and_buffers_both_ways_and_its_messages_reach_a_running_cell()
    {
        client.Execute("value 1"); // the session is there
        client.Receive(client.Shell);
        client.Session!.Comms.Register(
            "echo",
            (comm, _) =>
                comm.Received = (data, buffers) =>
                    comm.Send(
                        new JsonObject { ["got"] = data["v"]!.DeepClone() },
                        [.. buffers.Select(buffer => buffer.Reverse().ToArray())]
                    )
        );
        client.Send(
            client.Shell,
            "comm_open",
            new JsonObject
            {
                ["comm_id"] = "c",
                ["target_name"] = "echo",
                ["data"] = new JsonObject(),
            }
        );
        client.Send(client.Shell, "comm_info_request", []);
        Assert.Equal("echo", client.Receive(client.Shell).Content["comms"]!["c"]!["target_name"]!.GetValue<string>());
        string id = client.Send(
            client.Shell,
            "comm_msg",
            new JsonObject
            {
                ["comm_id"] = "c",
                ["data"] = new JsonObject { ["v"] = 7 },
            },
            buffers:
            [
                [1, 2],
            ]
        );
        Message back = Assert.Single(client.Broadcasts(id), message => message.Type == "comm_msg");
        Assert.Equal(7, back.Content["data"]!["got"]!.GetValue<int>());
        Assert.Equal([2, 1], Assert.Single(back.Buffers));
    }

    [Fact]
    public void Shutdown_interrupts_the_cell_replies_and_ends()
    {
        client.Execute("wait");
        string id = client.Send(client.Control, "shutdown_request", new JsonObject { ["restart"] = true });
        Assert.True(client.Receive(client.Control).Flag("restart"));
        Assert.Equal("idle", client.Broadcasts(id)[^1].Text("execution_state"));
        Assert.True(client.Stopped());
    }

    private string History(JsonObject content)
    {
        client.Send(client.Shell, "history_request", content);
        return client.Receive(client.Shell).Content["history"]!.ToJsonString();
    }

    private string Complete(string code, int cursor)
    {
        client.Send(client.Shell, "complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = cursor });
        Message reply = client.Receive(client.Shell);
        string matches = string.Join(' ', reply.Content["matches"]!.AsArray().Select(match => match!.GetValue<string>()));
        return $"({matches},{reply.Integer("cursor_start")},{reply.Integer("cursor_end")})";
    }
}
