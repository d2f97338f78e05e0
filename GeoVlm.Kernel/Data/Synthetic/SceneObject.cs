using GeoVlm.Data.Geometry;

namespace GeoVlm.Data.Synthetic;

/// <summary>What an object is; the lower-case name is the class label.</summary>
public enum ObjectClass
{
    /// <summary>A ship with a pointed bow.</summary>
    Ship,

    /// <summary>An aircraft with swept wings.</summary>
    Aircraft,

    /// <summary>A round storage tank.</summary>
    Tank,

    /// <summary>A building with a ridge roof.</summary>
    Building,
}

/// <summary>The colour of an object.</summary>
public enum ObjectColor
{
    /// <summary>White.</summary>
    White,

    /// <summary>Red.</summary>
    Red,

    /// <summary>Blue.</summary>
    Blue,

    /// <summary>Yellow.</summary>
    Yellow,
}

/// <summary>The size of an object: a small one is 15 to 21 % of the picture's side
/// long, a large one 30 to 42 % (tanks 0.8 of that).</summary>
public enum ObjectSize
{
    /// <summary>Small.</summary>
    Small,

    /// <summary>Large.</summary>
    Large,
}

/// <summary>One object of a scene with its exact truth, in pixels of the (turned) picture.</summary>
public sealed record SceneObject
{
    /// <summary>What it is.</summary>
    public ObjectClass Class { get; }

    /// <summary>Its colour.</summary>
    public ObjectColor Color { get; }

    /// <summary>Its size.</summary>
    public ObjectSize Size { get; }

    /// <summary>Exact bounds of its mask.</summary>
    public Box Box { get; private init; }

    /// <summary>The rectangle around its outline along its heading.</summary>
    public OrientedBox Oriented { get; private init; }

    /// <summary>True for a building that lies in rubble.</summary>
    public bool IsDestroyed { get; internal init; }

    /// <summary>The class name: "ship", "aircraft", "tank", "building".</summary>
    public string ClassName => ClassNames[(int)Class];

    /// <summary>The colour name.</summary>
    public string ColorName => ColorNames[(int)Color];

    /// <summary>"small" or "large".</summary>
    public string SizeName => SizeNames[(int)Size];

    /// <summary>Size, colour and class: "large red ship".</summary>
    public string Description => $"{SizeName} {ColorName} {ClassName}";

    internal static readonly string[] ClassNames = ["ship", "aircraft", "tank", "building"];
    internal static readonly string[] ColorNames = ["white", "red", "blue", "yellow"];
    internal static readonly string[] SizeNames = ["small", "large"];

    internal SceneObject(ObjectShape shape, ObjectColor color, ObjectSize size)
    {
        (Shape, Class, Color, Size, Oriented) = (shape, shape.Class, color, size, shape.Oriented);
        Box = shape.Bounds(ScenePlan.SceneSize);
    }

    /// <summary>The outline before any turn of the picture.</summary>
    internal ObjectShape Shape { get; }

    internal SquareTurn Turn { get; private init; }

    /// <summary>The pixels it covers; computed at each call.</summary>
    public Mask Mask() => Turn.Apply(Shape.Rasterise(ScenePlan.SceneSize));

    internal SceneObject Turned(SquareTurn turn) =>
        this with
        {
            Box = turn.Apply(Box, ScenePlan.SceneSize),
            Oriented = turn.Apply(Oriented, ScenePlan.SceneSize),
            Turn = Turn.Then(turn),
        };

    /// <summary>Where the box's centre lies on a 3 × 3 grid: "center", "top", "left", "bottom right" …</summary>
    public string Position
    {
        get
        {
            int row = Third(Box.Y1 + Box.Y2),
                column = Third(Box.X1 + Box.X2);
            return (row, column) switch
            {
                (1, 1) => "center",
                (_, 1) => Rows[row],
                (1, _) => Columns[column],
                _ => $"{Rows[row]} {Columns[column]}",
            };
            static int Third(double twiceMiddle) => Math.Clamp((int)(twiceMiddle * 3 / (2 * ScenePlan.SceneSize)), 0, 2);
        }
    }

    private static readonly string[] Rows = ["top", "middle", "bottom"];
    private static readonly string[] Columns = ["left", "center", "right"];
}
