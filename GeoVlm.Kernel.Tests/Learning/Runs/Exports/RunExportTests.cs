using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using GeoVlm.Learning;
using GeoVlm.Learning.Losses;
using GeoVlm.Learning.Runs;
using GeoVlm.Learning.Runs.Exports;

namespace GeoVlm.Tests.Learning.Runs.Exports;

public sealed class RunExportTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("geovlm-exports").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void TensorBoard_reads_every_number_of_every_step()
    {
        var run = Run();
        string file = new TensorBoardExport().Write(run, "a", root);
        Assert.Equal(Path.Combine(root, "a", $"events.out.tfevents.{run.Environment.Started.ToUnixTimeSeconds()}.geovlm"), file);
        var events = Records(File.ReadAllBytes(file)).Select(Fields).ToList();
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString((byte[])events[0].Single(f => f.Number == 3).Value));
        Assert.Equal([0L, 1, 2], events.Select(e => (long)(ulong)e.Single(f => f.Number == 2).Value));
        double[] times = [.. events.Select(e => BitConverter.Int64BitsToDouble((long)(ulong)e.Single(f => f.Number == 1).Value))];
        Assert.Equal([0, 1.5, 3], times.Select(t => Math.Round(t - times[0], 3)));
        var second = Fields((byte[])events[2].Single(f => f.Number == 5).Value)
            .Select(v => Fields((byte[])v.Value))
            .ToDictionary(
                v => Encoding.UTF8.GetString((byte[])v.Single(f => f.Number == 1).Value),
                v => BitConverter.UInt32BitsToSingle((uint)(ulong)v.Single(f => f.Number == 2).Value)
            );
        Assert.Equal(
            (0.75f, 0.5f, 1.25f, 1f, 0.4f),
            (
                second["train/reward"],
                second["train/rewards/iou"],
                second["train/sampling/importance_sampling_ratio/max"],
                second["train/seconds/rollout"],
                second["eval/score"]
            )
        );
        Assert.DoesNotContain("train/step", second.Keys);
        Assert.DoesNotContain("train/kl", second.Keys); // null: there is no reference policy
    }

    [Fact]
    public void Mlflow_finds_parameters_metrics_tags_and_documents()
    {
        var run = Run();
        string place = new MlflowExport().Write(run, "grid/a", root);
        Assert.Equal(place, new MlflowExport().Write(run, "grid/a", root)); // replaced, not doubled
        string meta = File.ReadAllText(Path.Combine(place, "meta.yaml"));
        Assert.All(
            [$"run_id: \"{Path.GetFileName(place)}\"\n", "run_name: \"grid/a\"\n", "status: 3\n", "lifecycle_stage: \"active\"\n"],
            part => Assert.Contains(part, meta)
        );
        Assert.Contains("experiment_id: \"100001\"\n", File.ReadAllText(Path.Combine(Path.GetDirectoryName(place)!, "meta.yaml")));
        Assert.Equal("0.02", File.ReadAllText(Path.Combine(place, "params", "Beta")));
        Assert.Equal("iou:1", File.ReadAllText(Path.Combine(place, "params", "Rewards", "referred-detection")));
        string[][] rewards = [.. File.ReadLines(Path.Combine(place, "metrics", "train", "reward")).Select(l => l.Split(' '))];
        Assert.Equal([("0.25", "1"), ("0.75", "2")], rewards.Select(r => (r[1], r[2])));
        Assert.Equal(1500, long.Parse(rewards[1][0]) - long.Parse(rewards[0][0]));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(run.Path, "steps.jsonl")),
            File.ReadAllBytes(Path.Combine(place, "artifacts", "steps.jsonl"))
        );
    }

    private RunSummary Run()
    {
        string path = Path.Combine(root, "run");
        using (var folder = RunFolder.Create(path))
        {
            folder.WriteJson(
                "config.json",
                new RunManifest
                {
                    Options = new GrpoConfig { Steps = 2 },
                    Model = "tiny",
                    WeightsHash = "w",
                    Samples = 3,
                    SamplesHash = "s",
                    Rewards = new Dictionary<string, string> { ["referred-detection"] = "iou:1" },
                }
            );
            folder.WriteJson("environment.json", RunEnvironment.Now());
            foreach (var (step, reward) in ((int, double)[])[(1, 0.25), (2, 0.75)])
                folder.Append(
                    new StepRecord
                    {
                        Step = step,
                        Reward = reward,
                        RewardStd = 0,
                        FracRewardZeroStd = 0,
                        Rewards = new Dictionary<string, double> { ["iou"] = 0.5 },
                        Entropy = 1,
                        Loss = 0,
                        GradNorm = 0,
                        ClipRatio = 0,
                        MaxLogProbDifference = 0,
                        MeanLength = 1,
                        LengthClippedRatio = 0,
                        LearningRate = 0,
                        Tokens = 1,
                        RolloutSeconds = 1,
                        UpdateSeconds = 0.5,
                        Sampling = new SamplerMismatch(0, 0, 1, 1, 1.25, 0, 1),
                    },
                    []
                );
            folder.AppendLines("heldout.jsonl", [JsonSerializer.Serialize(new HeldOutScore(2, 0.4), RunFolder.Json)]);
        }
        return RunSummary.Read(path);
    }

    // Readers of our own, from the formats' descriptions: the checksum bit by bit, as its polynomial says.
    private static List<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        for (int at = 0; at < file.Length; )
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            records.Add(file[(at + 12)..(at + 12 + length)]);
            at += 16 + length;
        }
        return records;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        crc ^= 0xFFFFFFFF;
        return unchecked((crc >> 15 | crc << 17) + 0xa282ead8);
    }

    private static List<(int Number, object Value)> Fields(byte[] message)
    {
        var fields = new List<(int, object)>();
        for (int at = 0; at < message.Length; )
        {
            ulong key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0:
                    fields.Add(((int)(key >> 3), Varint(message, ref at)));
                    break;
                case 1:
                    fields.Add(((int)(key >> 3), BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at))));
                    at += 8;
                    break;
                case 5:
                    fields.Add(((int)(key >> 3), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at))));
                    at += 4;
                    break;
                default:
                    int length = (int)Varint(message, ref at);
                    fields.Add(((int)(key >> 3), message[at..(at + length)]));
                    at += length;
                    break;
            }
        }
        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = message[at++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
