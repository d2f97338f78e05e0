using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace GeoVlm.Workbench.Languages;

/// <summary>
/// Runs a short cell without giving the runtime a method that it would compile a second time later.
/// </summary>
/// <remarks>
/// The runtime starts to look for methods worth optimizing, the C# compiler's among them, when no such method was new for a tenth of a
/// second. Where cells follow one another without a pause, each brought some: the compiler was never optimized, and each cell took half
/// as long again. So the cell's own methods, which run once, are marked as never to be optimized, and its state machine is run as an
/// object: the compiler's way compiles the runtime's generic starters anew for the type of each machine.
/// </remarks>
internal static class CellEntry
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Where MethodDef rows have their implementation flags: after the address of the code, 4 bytes.
    private const int FlagsAt = 4;

    /// <summary>Marks each method of an assembly that is not loaded yet.</summary>
    public static void Mark(MemoryStream image)
    {
        image.Position = 0;
        using PEReader reader = new(image, PEStreamOptions.LeaveOpen);
        MetadataReader metadata = reader.GetMetadataReader();
        int row = reader.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.MethodDef),
            size = metadata.GetTableRowSize(TableIndex.MethodDef);
        Span<byte> bytes = image.GetBuffer();
        for (int i = 0; i < metadata.MethodDefinitions.Count; i++, row += size)
            bytes[row + FlagsAt] |= (byte)MethodImplAttributes.NoOptimization;
    }

    /// <summary>What runs the code of a submission.</summary>
    /// <param name="submission">Its type.</param>
    /// <returns>From the states before it to its result; null where the compiler has laid the code out otherwise than expected.</returns>
    public static Func<object?[], Task<object?>>? Of(Type submission)
    {
        if (
            submission.GetNestedTypes(Declared) is not [var machine]
            || !machine.IsAssignableTo(typeof(IAsyncStateMachine))
            || OfType(typeof(AsyncTaskMethodBuilder<object>)) is not { } builder
            || OfType(typeof(int)) is not { } state
            || submission.GetConstructor([typeof(object[])]) is not { } create
        )
            return null;
        // Left out where the code looks at no variable: then the object that would hold them, and its constructor, are not needed either.
        FieldInfo? self = OfType(submission);
        return states =>
        {
            object run = RuntimeHelpers.GetUninitializedObject(machine);
            self?.SetValue(run, create.Invoke(BindingFlags.DoNotWrapExceptions, null, [states], null));
            state.SetValue(run, -1); // not started
            ((IAsyncStateMachine)run).MoveNext();
            return ((AsyncTaskMethodBuilder<object?>)builder.GetValue(run)!).Task;
        };

        FieldInfo? OfType(Type type) =>
            Array.Find(
                machine.GetFields(Declared),
                field => field.FieldType == type && field.Name.StartsWith("<>", StringComparison.Ordinal)
            );
    }
}
