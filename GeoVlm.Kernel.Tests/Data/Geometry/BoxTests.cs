using GeoVlm.Data.Geometry;

namespace GeoVlm.Tests.Data.Geometry;

public class BoxTests
{
    [Fact]
    public void IoU_of_half_overlapping_squares_is_one_third() =>
        Assert.Equal(1.0 / 3, new Box(0, 0, 10, 10).IoU(new Box(5, 0, 15, 10)), 12);

    [Fact]
    public void IoU_with_a_crossed_box_is_zero() => Assert.Equal(0, new Box(0, 0, 10, 10).IoU(new Box(8, 8, 2, 2)));

    [Fact]
    public void A_box_keeps_its_place_through_a_frame_and_back()
    {
        var original = CoordinateFrame.Original(640, 480);
        var box = new Box(10.5, 20, 630, 479);
        var back = CoordinateFrame.Percent.Convert(original.Convert(box, CoordinateFrame.Percent), original);
        Assert.Equal(box.X1, back.X1, 9);
        Assert.Equal(box.Y2, back.Y2, 9);
    }

    [Fact]
    public void A_mask_of_a_box_has_the_box_as_its_component() =>
        Assert.Equal(new Box(2, 3, 7, 6), Assert.Single(Mask.FromBoxes(10, 10, [new Box(2, 3, 7, 6)]).ComponentBoxes()));
}
