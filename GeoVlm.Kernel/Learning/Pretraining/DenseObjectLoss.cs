using GeoVlm.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace GeoVlm.Learning.Pretraining;

/// <summary>
/// Asks every image patch for the class, colour and box of the object that covers it, from the hidden state of its image token. Without it
/// a tiny model learns in minutes what things are, but not where; the answers alone are too thin a signal.
/// </summary>
/// <remarks>Each merged token speaks for its 2×2 patches. Boxes are absolute, scaled to [−2, 2]. In the manner of FCOS (arXiv
/// 1904.01355).</remarks>
public sealed class DenseObjectLoss : IAuxiliaryLoss, IDisposable
{
    private const int Patches = 4;
    private const double MarginPixels = 3;

    private readonly int classes,
        colours,
        gridSide,
        patchSize;
    private readonly Parameter weight,
        bias;

    /// <summary>Creates the head.</summary>
    /// <param name="policy">The policy that will be trained.</param>
    /// <param name="layer">The decoder layer to look at.</param>
    /// <param name="sidePixels">Side of the (square) model image.</param>
    /// <param name="classes">Number of object classes.</param>
    /// <param name="colours">Number of colours.</param>
    /// <param name="seed">Seed of the head's weights.</param>
    public DenseObjectLoss(Policy policy, int layer, int sidePixels, int classes, int colours, ulong seed)
    {
        (Layer, this.classes, this.colours, patchSize) = (layer, classes, colours, policy.Model.Preprocessor.PatchSize);
        gridSide = sidePixels / patchSize;
        int hidden = policy.Model.Config.Text.HiddenSize,
            outputs = Patches * (classes + 1 + colours + 4);
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, policy.Model.Device);
        weight = new Parameter((randn(outputs, hidden, generator: generator) / Math.Sqrt(hidden)).DetachFromDisposeScope());
        bias = new Parameter(zeros(outputs).DetachFromDisposeScope());
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public int Layer { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Parameter> Parameters => [weight, bias];

    /// <inheritdoc/>
    public Tensor Of(Policy policy, Tensor hidden_BTD, IReadOnlyList<SftRow> rows)
    {
        using var scope = NewDisposeScope();
        long[] places =
        [
            .. rows.SelectMany(
                (row, b) =>
                    row
                        .Packed.Prefix.TokenIds.Select((token, t) => (token, place: b * hidden_BTD.size(1) + t))
                        .Where(x => policy.Encoder.IsVisual(x.token))
                        .Select(x => x.place)
            ),
        ];
        var image_MD = hidden_BTD.reshape(-1, hidden_BTD.size(-1)).index_select(0, tensor(places));
        var normed_MD = image_MD * (image_MD.pow(2).mean([-1L], keepdim: true) + 1e-6).rsqrt();
        var output = F.linear(normed_MD, weight, bias).reshape(-1, classes + 1 + colours + 4);

        var (classOf, colourOf, boxOf) = Targets(rows);
        var loss = F.cross_entropy(output.narrow(1, 0, classes + 1), tensor(classOf));
        long[] covered = [.. Enumerable.Range(0, classOf.Length).Where(i => classOf[i] > 0).Select(i => (long)i)];
        if (covered.Length > 0)
        {
            var inside = output.index_select(0, tensor(covered));
            loss =
                loss
                + F.cross_entropy(inside.narrow(1, classes + 1, colours), tensor(covered.Select(i => colourOf[i]).ToArray()))
                + 2
                    * F.smooth_l1_loss(
                        inside.narrow(1, classes + 1 + colours, 4),
                        tensor(covered.SelectMany(i => boxOf.Skip((int)i * 4).Take(4)).ToArray(), covered.Length, 4),
                        beta: 0.2
                    );
        }
        return loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        weight.Dispose();
        bias.Dispose();
    }

    /// <summary>For each patch, merged token by merged token: class + 1 (0 for none), colour, box scaled to [−2, 2].</summary>
    private (long[] Class, long[] Colour, float[] Box) Targets(IReadOnlyList<SftRow> rows)
    {
        int perImage = gridSide * gridSide,
            merged = gridSide / 2;
        double side = gridSide * patchSize;
        var classOf = new long[rows.Count * perImage];
        var colourOf = new long[rows.Count * perImage];
        var boxOf = new float[rows.Count * perImage * 4];
        for (int r = 0; r < rows.Count; r++)
        for (int i = 0; i < perImage; i++)
        {
            int token = i / Patches,
                patch = i % Patches;
            double x = (token % merged * 2 + patch % 2 + 0.5) * patchSize,
                y = (token / merged * 2 + patch / 2 + 0.5) * patchSize;
            foreach (var target in rows[r].Objects)
            {
                var box = target.Box;
                if (x < box.X1 - MarginPixels || x >= box.X2 + MarginPixels || y < box.Y1 - MarginPixels || y >= box.Y2 + MarginPixels)
                    continue;
                int at = r * perImage + i;
                (classOf[at], colourOf[at]) = (target.Class + 1, target.Colour);
                double[] corners = [box.X1, box.Y1, box.X2, box.Y2];
                for (int k = 0; k < 4; k++)
                    boxOf[at * 4 + k] = (float)(corners[k] / side * 4 - 2);
            }
        }
        return (classOf, colourOf, boxOf);
    }
}
