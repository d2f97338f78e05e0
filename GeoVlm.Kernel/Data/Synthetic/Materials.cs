namespace GeoVlm.Data.Synthetic;

/// <summary>The materials of the ground; each call draws another sort of the same stuff.</summary>
internal sealed class Materials(SeededRandom random)
{
    /// <summary>Paint, kerbs, rails: nearly uniform.</summary>
    public Surface Plain((double, double, double) color) => new(color, 3, 2, random, tint: 3);

    /// <summary>Asphalt.</summary>
    public Surface Asphalt((double, double, double) color) => new(color, 5, 2.5, random, tint: 4);

    /// <summary>Lawn or meadow.</summary>
    public Surface Grass((double, double, double) color) => new(color, 11, 5, random, hue: 5);

    /// <summary>Trodden earth, gravel, rough vegetation: uneven at every size.</summary>
    public Surface Rough((double, double, double) color) => new(color, 10, 4.5, random, hue: 3);

    /// <summary>Concrete, with dark joints every so many pixels (0: none).</summary>
    public Surface Concrete((double, double, double) color, int joints)
    {
        int ox = random.Next(64),
            oy = random.Next(64);
        return new Surface(color, 6, 2.5, random, hue: 1.5) { Pattern = joints == 0 ? null : Joints };

        void Joints(int from, int y, ReadOnlySpan<double> cover, Span<double> brightness)
        {
            bool all = (y + oy) % joints == 0;
            for (int i = all ? 0 : (joints - (from + ox) % joints) % joints; i < brightness.Length; i += all ? 1 : joints)
                brightness[i] -= 11;
        }
    }

    /// <summary>Water rippled by the wind, blue to grey-green.</summary>
    public Surface Water()
    {
        var (sin, cos) = ExactTrigonometry.SinCos(random.NextDouble());
        double period = random.Uniform(4.5, 8),
            phase = random.NextDouble(),
            height = random.Uniform(3, 5.5);
        int ox = random.Next(Noise.Period),
            oy = random.Next(Noise.Period);
        return new Surface(
            random.Next(3) switch
            {
                0 => (36, 64, 86),
                1 => (44, 76, 84),
                _ => (56, 76, 80),
            },
            8,
            1.8,
            random,
            hue: 3
        )
        {
            Pattern = (from, y, cover, brightness) =>
            {
                for (int i = 0, x = from; i < cover.Length; i++, x++)
                    if (cover[i] > 0)
                        brightness[i] += height * Ripple.At((x * cos + y * sin) / period + phase + 1.1 * Noise.Mottle(x + ox, y + oy));
            },
        };
    }

    /// <summary>A field with its rows.</summary>
    public Surface Field()
    {
        ReadOnlySpan<(double, double, double)> crops =
        [
            (126, 134, 72),
            (88, 114, 60),
            (176, 158, 100),
            (122, 100, 74),
            (148, 146, 84),
            (104, 122, 66),
        ];
        var (sin, cos) = ExactTrigonometry.SinCos(
            random.Next(3) switch
            {
                0 => 0,
                1 => .25,
                _ => random.NextDouble(),
            }
        );
        double period = random.Uniform(4, 8),
            depth = random.Uniform(4, 9);
        // Every twelfth row or so is a wheel track.
        return new Surface(crops[random.Next(crops.Length)], 9, 3, random, hue: 4)
        {
            Pattern = (from, y, cover, brightness) =>
            {
                for (int i = 0, x = from; i < cover.Length; i++, x++)
                {
                    double row = (x * cos + y * sin) / period,
                        track = row / 9 - Math.Floor(row / 9);
                    if (cover[i] > 0)
                        brightness[i] += depth * Ripple.At(row) - (track < .07 ? 12 : 0);
                }
            },
        };
    }
}
