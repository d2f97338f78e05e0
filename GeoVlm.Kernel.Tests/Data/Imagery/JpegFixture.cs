using GeoVlm.Data;
using SkiaSharp;

namespace GeoVlm.Tests.Data.Imagery;

/// <summary>JPEG files for tests.</summary>
internal static class JpegFixture
{
    /// <summary>A picture of some size, grain, quality and sampling, written by Skia.</summary>
    public static unsafe byte[] Draw(SeededRandom random, int number)
    {
        int width = 1 + random.Next(number % 10 == 0 ? 400 : 90),
            height = 1 + random.Next(90),
            grain = new[] { 0, 3, 30, 255 }[random.Next(4)];
        bool grey = random.Next(6) == 0;
        int bands = grey ? 1 : 4;
        byte[] pixels = new byte[width * height * bands];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / bands % width,
                y = i / bands / width;
            double smooth = 128 + 120 * Math.Sin(x / 17.0 + 1.3 * (i % bands) + number) * Math.Cos(y / 13.0);
            pixels[i] = i % bands == 3 ? (byte)255 : (byte)Math.Clamp(smooth + random.Next(2 * grain + 1) - grain, 0, 255);
        }
        fixed (byte* first = pixels)
        {
            using var image = SKImage.FromPixels(
                new SKImageInfo(width, height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque),
                (IntPtr)first
            );
            using var pixmap = image!.PeekPixels();
            var options = new SKJpegEncoderOptions(
                1 + random.Next(100),
                (SKJpegEncoderDownsample)random.Next(3),
                SKJpegEncoderAlphaOption.Ignore
            );
            using var data = pixmap.Encode(options)!;
            return data.ToArray();
        }
    }

    /// <summary>A grey picture of flat blocks, every coefficient but the mean 0.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="interval">Blocks between restart markers; 0 for none.</param>
    /// <param name="level">Level of the block in a column and row, less 128; a multiple of 16.</param>
    public static byte[] Grey(int width, int height, int interval, Func<int, int, int> level)
    {
        List<byte> file =
        [
            .. (byte[])[0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0],
            .. Enumerable.Repeat((byte)128, 64), // a step of 128 is a level of 16
            .. (byte[])[0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0],
            // Means: sizes 0 to 5 in codes of three bits. The rest: one code of one bit, which ends the block.
            .. (byte[])[0xFF, 0xC4, 0, 25, 0, 0, 0, 6, .. new byte[13], 0, 1, 2, 3, 4, 5],
            .. (byte[])[0xFF, 0xC4, 0, 20, 0x10, 1, .. new byte[15], 0],
            .. (byte[])[0xFF, 0xDD, 0, 4, 0, (byte)interval],
            .. (byte[])[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0],
        ];
        string bits = "";
        int before = 0,
            count = 0;
        for (int row = 0; row < (height + 7) / 8; row++)
        for (int column = 0; column < (width + 7) / 8; column++, count++)
        {
            if (interval > 0 && count > 0 && count % interval == 0)
            {
                Flush();
                file.AddRange([0xFF, (byte)(0xD0 + (count / interval - 1) % 8)]);
                before = 0;
            }
            int mean = level(column, row) / 16,
                difference = mean - before,
                size = difference == 0 ? 0 : (int)Math.Log2(Math.Abs(difference)) + 1;
            before = mean;
            bits += Convert.ToString(size, 2).PadLeft(3, '0');
            if (size > 0)
                bits += Convert.ToString(difference > 0 ? difference : difference + (1 << size) - 1, 2).PadLeft(size, '0');
            bits += "0";
        }
        Flush();
        return [.. file, 0xFF, 0xD9];

        void Flush()
        {
            for (bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1'); bits.Length > 0; bits = bits[8..])
            {
                byte value = Convert.ToByte(bits[..8], 2);
                file.Add(value);
                if (value == 0xFF)
                    file.Add(0);
            }
        }
    }
}
