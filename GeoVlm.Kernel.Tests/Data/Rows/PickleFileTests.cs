using GeoVlm.Data;
using GeoVlm.Data.Geometry;
using GeoVlm.Data.Rows;
using GeoVlm.Tests.Data.Readers;

namespace GeoVlm.Tests.Data.Rows;

/// <summary>Pickles of plain values are read in every protocol; whatever could run code is refused.</summary>
public class PickleFileTests
{
    // pickle.dumps of two references, protocols 0 to 4.
    private static readonly string[] protocols =
    [
        "KGxwMAooZHAxClZzZW50X2lkcwpwMgoobHAzCkkwCmFzVmZpbGVfbmFtZQpwNApWMDAwMDEuanBnCnA1CnNWYW5uX2lkCnA2CkkxCnNWcmVmX2"
            + "lkCnA3Ckk3CnNWaW1hZ2VfaWQKcDgKSTEKc1ZzcGxpdApwOQpWdHJhaW4KcDEwCnNWc2VudGVuY2VzCnAxMQoobHAxMgooZHAxMwpWdG9rZW5z"
            + "CnAxNAoobHAxNQpWYQpwMTYKYVZzaGlwCnAxNwphc1ZyYXcKcDE4ClZBIHNoaXAKcDE5CnNWc2VudF9pZApwMjAKSTAKc1ZzZW50CnAyMQpWYS"
            + "BzaGlwIOkKcDIyCnNhKGRwMjMKZzIxClZ0aGUgc2hpcApwMjQKc2FzVmNhdGVnb3J5X2lkCnAyNQpJMQpzVngKcDI2CkYxLjUKc1ZuCnAyNwpO"
            + "c1Z0CnAyOApJMDEKc1ZiaWcKcDI5CkwxMTgwNTkxNjIwNzE3NDExMzAzNDI0TApzVm5lZwpwMzAKSS01CnNWcGFpcgpwMzEKKEkxCkkyCnRwMz"
            + "IKc2EoZHAzMwpnNgpJOQpzZzcKSTgKc2c5ClZ0ZXN0CnAzNApzZzExCihscDM1CihkcDM2CmcyMQpWbm90aGluZwpwMzcKc2FzYS4=",
        "XXEAKH1xAShYCAAAAHNlbnRfaWRzcQJdcQNLAGFYCQAAAGZpbGVfbmFtZXEEWAkAAAAwMDAwMS5qcGdxBVgGAAAAYW5uX2lkcQZLAVgGAAAAcm"
            + "VmX2lkcQdLB1gIAAAAaW1hZ2VfaWRxCEsBWAUAAABzcGxpdHEJWAUAAAB0cmFpbnEKWAkAAABzZW50ZW5jZXNxC11xDCh9cQ0oWAYAAAB0b2tl"
            + "bnNxDl1xDyhYAQAAAGFxEFgEAAAAc2hpcHERZVgDAAAAcmF3cRJYBgAAAEEgc2hpcHETWAcAAABzZW50X2lkcRRLAFgEAAAAc2VudHEVWAkAAA"
            + "BhIHNoaXAgw6lxFnV9cRdoFVgIAAAAdGhlIHNoaXBxGHNlWAsAAABjYXRlZ29yeV9pZHEZSwFYAQAAAHhxGkc/+AAAAAAAAFgBAAAAbnEbTlgB"
            + "AAAAdHEcSTAxClgDAAAAYmlncR1MMTE4MDU5MTYyMDcxNzQxMTMwMzQyNEwKWAMAAABuZWdxHkr7////WAQAAABwYWlycR8oSwFLAnRxIHV9cS"
            + "EoaAZLCWgHSwhoCVgEAAAAdGVzdHEiaAtdcSN9cSRoFVgHAAAAbm90aGluZ3Elc2F1ZS4=",
        "gAJdcQAofXEBKFgIAAAAc2VudF9pZHNxAl1xA0sAYVgJAAAAZmlsZV9uYW1lcQRYCQAAADAwMDAxLmpwZ3EFWAYAAABhbm5faWRxBksBWAYAAA"
            + "ByZWZfaWRxB0sHWAgAAABpbWFnZV9pZHEISwFYBQAAAHNwbGl0cQlYBQAAAHRyYWlucQpYCQAAAHNlbnRlbmNlc3ELXXEMKH1xDShYBgAAAHRv"
            + "a2Vuc3EOXXEPKFgBAAAAYXEQWAQAAABzaGlwcRFlWAMAAAByYXdxElgGAAAAQSBzaGlwcRNYBwAAAHNlbnRfaWRxFEsAWAQAAABzZW50cRVYCQ"
            + "AAAGEgc2hpcCDDqXEWdX1xF2gVWAgAAAB0aGUgc2hpcHEYc2VYCwAAAGNhdGVnb3J5X2lkcRlLAVgBAAAAeHEaRz/4AAAAAAAAWAEAAABucRtO"
            + "WAEAAAB0cRyIWAMAAABiaWdxHYoJAAAAAAAAAABAWAMAAABuZWdxHkr7////WAQAAABwYWlycR9LAUsChnEgdX1xIShoBksJaAdLCGgJWAQAAA"
            + "B0ZXN0cSJoC11xI31xJGgVWAcAAABub3RoaW5ncSVzYXVlLg==",
        "gANdcQAofXEBKFgIAAAAc2VudF9pZHNxAl1xA0sAYVgJAAAAZmlsZV9uYW1lcQRYCQAAADAwMDAxLmpwZ3EFWAYAAABhbm5faWRxBksBWAYAAA"
            + "ByZWZfaWRxB0sHWAgAAABpbWFnZV9pZHEISwFYBQAAAHNwbGl0cQlYBQAAAHRyYWlucQpYCQAAAHNlbnRlbmNlc3ELXXEMKH1xDShYBgAAAHRv"
            + "a2Vuc3EOXXEPKFgBAAAAYXEQWAQAAABzaGlwcRFlWAMAAAByYXdxElgGAAAAQSBzaGlwcRNYBwAAAHNlbnRfaWRxFEsAWAQAAABzZW50cRVYCQ"
            + "AAAGEgc2hpcCDDqXEWdX1xF2gVWAgAAAB0aGUgc2hpcHEYc2VYCwAAAGNhdGVnb3J5X2lkcRlLAVgBAAAAeHEaRz/4AAAAAAAAWAEAAABucRtO"
            + "WAEAAAB0cRyIWAMAAABiaWdxHYoJAAAAAAAAAABAWAMAAABuZWdxHkr7////WAQAAABwYWlycR9LAUsChnEgdX1xIShoBksJaAdLCGgJWAQAAA"
            + "B0ZXN0cSJoC11xI31xJGgVWAcAAABub3RoaW5ncSVzYXVlLg==",
        "gASVRwEAAAAAAABdlCh9lCiMCHNlbnRfaWRzlF2USwBhjAlmaWxlX25hbWWUjAkwMDAwMS5qcGeUjAZhbm5faWSUSwGMBnJlZl9pZJRLB4wIaW"
            + "1hZ2VfaWSUSwGMBXNwbGl0lIwFdHJhaW6UjAlzZW50ZW5jZXOUXZQofZQojAZ0b2tlbnOUXZQojAFhlIwEc2hpcJRljANyYXeUjAZBIHNoaXCU"
            + "jAdzZW50X2lklEsAjARzZW50lIwJYSBzaGlwIMOplHV9lGgVjAh0aGUgc2hpcJRzZYwLY2F0ZWdvcnlfaWSUSwGMAXiURz/4AAAAAAAAjAFulE"
            + "6MAXSUiIwDYmlnlIoJAAAAAAAAAABAjANuZWeUSvv///+MBHBhaXKUSwFLAoaUdX2UKGgGSwloB0sIaAmMBHRlc3SUaAtdlH2UaBWMB25vdGhp"
            + "bmeUc2F1ZS4=",
    ];

    private const string Instances = """
        {"images": [{"id": 1, "file_name": "00001.jpg", "width": 10, "height": 8}], "categories": [{"id": 1, "name": "ship"}],
         "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9], "segmentation": [{"size": [8, 10], "counts": [18, 4, 4, 4, 50]}]}]}
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void References_and_instances_are_sentences_with_the_box_around_the_mask(int protocol)
    {
        using var folder = new TemporaryFolder();
        folder.Image("images/rrsisd/JPEGImages/00001.jpg", 10, 8);
        folder.Text("rrsisd/instances.json", Instances);
        File.WriteAllBytes(folder.File("rrsisd/refs(unc).p"), Convert.FromBase64String(protocols[protocol]));
        var dataset = EoDataset.Load(folder.Path);
        Assert.Equal(("refer", 2), (dataset.Reader, dataset.Count));
        Assert.Equal([("7.0", "detect the ship é"), ("7.1", "detect the ship")], dataset.Samples.Select(s => (s.Id, s.Question)));
        Assert.All(dataset.Samples, s => Assert.Equal(("train", 10), (s.Split, s.Images.Single().Width)));
        Assert.Equal(new Box(2, 2, 4, 6), ((BoxesAnswer)dataset.Samples[0].Reference).Objects.Single().Box);
        Assert.Contains("annotation 9", Assert.Single(dataset.Problems).What);

        var row = (Dictionary<string, object?>)((List<object?>)PickleFile.Read(folder.File("rrsisd/refs(unc).p"))!)[0]!;
        Assert.Equal([1.5, null, true, Math.Pow(2, 70), -5L], new[] { "x", "n", "t", "big", "neg" }.Select(k => row[k]));
        Assert.Equal([1L, 2L], ((List<object?>)row["pair"]!).Cast<long>());
    }

    [Fact]
    public void Texts_of_Python_2_are_texts()
    {
        using var folder = new TemporaryFolder();
        folder.Text("refs.p", "(lp0\n(dp1\nS'ref_id'\np2\nI7\nsS'said'\np3\n(lp4\nS'the \\'big\\' ship'\np5\nag5\nasa.");
        var row = (Dictionary<string, object?>)((List<object?>)PickleFile.Read(folder.File("refs.p"))!)[0]!;
        Assert.Equal(7L, row["ref_id"]);
        Assert.Equal(["the 'big' ship", "the 'big' ship"], ((List<object?>)row["said"]!).Cast<string>());
    }

    [Theory]
    [InlineData("cos\nsystem\n(S'true'\ntR.", "can run code")]
    [InlineData("(lp0\n(dp1\nS'ref_id'", "damaged")]
    [InlineData("h\x05.", "damaged")]
    [InlineData("]e.", "damaged")]
    [InlineData("X\x7f\x7f\x7f\x7fabc.", "damaged")]
    [InlineData("", "damaged")]
    public void Whatever_runs_code_or_is_cut_short_is_refused(string text, string why)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("refs.p"), System.Text.Encoding.Latin1.GetBytes(text));
        Assert.Contains(why, Assert.Throws<GeoVlmException>(() => PickleFile.Read(folder.File("refs.p"))).Message);
    }

    [Fact]
    public void A_number_of_a_thousand_digits_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Text("refs.p", $"L{new string('9', 1000)}L\n.");
        Assert.Contains("damaged", Assert.Throws<GeoVlmException>(() => PickleFile.Read(folder.File("refs.p"))).Message);
    }
}
