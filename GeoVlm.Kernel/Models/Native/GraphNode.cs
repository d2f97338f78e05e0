using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace GeoVlm.Models.Native;

/// <summary>An operator of our own in libtorch's graph: what it computes is done already, and this is the way back.</summary>
/// <remarks>
/// TorchSharp's own functions for it keep an empty copy of each result and their last gradients for as long as the graph lives, and an
/// exception within one ends the process. Here all that is kept goes as soon as the gradient has passed, and an exception comes out of
/// <see cref="Backward"/>. One backward pass, no second derivatives.
/// </remarks>
internal sealed unsafe class GraphNode
{
    private static readonly Lazy<Functions> Native = new(() => new Functions());

    // libtorch copies the gradients that a node returns after it has returned: they are let go at the next one.
    [ThreadStatic]
    private static GraphNode? last;

    [ThreadStatic]
    private static ExceptionDispatchInfo? failure;

    private readonly Apply apply;
    private readonly Delete delete;
    private readonly int inputs;
    private Tensor[] kept;
    private Func<Tensor, Tensor[], Tensor?[]>? back;
    private Gradients? lent;
    private GCHandle alive;

    private GraphNode(int inputs, Tensor[] kept, Func<Tensor, Tensor[], Tensor?[]> back)
    {
        // Without graph, so that what the node holds does not hold the node.
        this.kept = [.. kept.Select(t => t.detach().DetachFromDisposeScope())];
        (this.inputs, this.back) = (inputs, back);
        (apply, delete) = (OnApply, OnDelete);
        alive = GCHandle.Alloc(this);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate Handles Apply(nint* gradients, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Delete();

    /// <summary>Puts a result into the graph, where one is being made and an input is in it.</summary>
    /// <param name="output">The result, without graph.</param>
    /// <param name="inputs">What it was computed from.</param>
    /// <param name="kept">What the way back needs of it.</param>
    /// <param name="back">From the gradient of the result and what was kept to those of the inputs, null where there is none.</param>
    /// <returns>The result.</returns>
    public static Tensor Attach(Tensor output, Tensor[] inputs, Tensor[] kept, Func<Tensor, Tensor[], Tensor?[]> back)
    {
        if (!is_grad_enabled() || !inputs.Any(i => i.requires_grad))
            return output;
        Functions native = Native.Value;
        var node = new GraphNode(inputs.Length, kept, back);
        Pointers pointers = native.New(
            Marshal.GetFunctionPointerForDelegate(node.apply),
            Marshal.GetFunctionPointerForDelegate(node.delete)
        );
        native.Check();
        nint* handles = stackalloc nint[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            handles[i] = inputs[i].Handle;
        nint one = output.Handle,
            same = 0; // the same tensor under another handle
        Functions.Results = &same;
        native.SetNextEdges(pointers, new(handles, inputs.Length), 1);
        native.Check();
        native.WrapOutputs(new(handles, inputs.Length), default, default, new(&one, 1), pointers, &Functions.RoomForResults);
        native.Check();
        Tensor.UnsafeCreateTensor(same).Dispose();
        native.ForgetShared(pointers); // the graph has it now
        native.ForgetWeak(pointers);
        return output;
    }

    /// <summary>Takes gradients back through a graph that may have such nodes.</summary>
    /// <param name="roots">Results.</param>
    /// <param name="gradients">Theirs.</param>
    /// <exception cref="Exception">What a node threw.</exception>
    public static void Backward(IList<Tensor> roots, IList<Tensor> gradients)
    {
        failure = null;
        try
        {
            autograd.backward(roots, gradients);
        }
        catch (ExternalException) when (failure is not null)
        {
            failure.Throw();
        }
        finally
        {
            last?.TakeBack();
            last = null;
        }
    }

    private Handles OnApply(nint* gradients, int count)
    {
        last?.TakeBack();
        last = this;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            if (back is null)
                throw new InvalidOperationException("the gradient has passed here already");
            // The handle is ours; none means that nothing depends on the result.
            Tensor?[] found = gradients[0] == 0 ? new Tensor?[inputs] : back(Tensor.UnsafeCreateTensor(gradients[0]), kept);
            foreach (Tensor? gradient in found)
                gradient?.DetachFromDisposeScope();
            lent = new(found);
        }
        catch (Exception e)
        {
            // Not through libtorch's frames; it complains of the missing gradients instead.
            failure ??= ExceptionDispatchInfo.Capture(e);
            lent = new([]);
        }
        finally
        {
            Forget();
        }
        return lent.Handles;
    }

    private void OnDelete()
    {
        TakeBack();
        Forget();
        alive.Free();
    }

    private void TakeBack() => Interlocked.Exchange(ref lent, null)?.Dispose();

    private void Forget()
    {
        foreach (Tensor tensor in kept)
            tensor.Dispose();
        (kept, back) = ([], null);
    }

    /// <summary>libtorch's shared and weak pointer to a node.</summary>
    private readonly record struct Pointers(nint Shared, nint Weak);

    /// <summary>An array of tensor handles.</summary>
    private readonly struct Handles(nint* first, long count)
    {
        public readonly nint* First = first;
        public readonly long Count = count;
    }

    private sealed class Gradients : IDisposable
    {
        private readonly Tensor?[] tensors;

        public Gradients(Tensor?[] tensors)
        {
            this.tensors = tensors;
            var first = (nint*)NativeMemory.Alloc((nuint)Math.Max(1, tensors.Length), (nuint)sizeof(nint));
            for (int i = 0; i < tensors.Length; i++)
                first[i] = tensors[i]?.Handle ?? 0;
            Handles = new(first, tensors.Length);
        }

        public Handles Handles { get; }

        public void Dispose()
        {
            foreach (Tensor? tensor in tensors)
                tensor?.Dispose();
            NativeMemory.Free(Handles.First);
        }
    }

    /// <summary>What TorchSharp's native library has for it.</summary>
    private sealed class Functions
    {
        // Where the one result of the call to come goes.
        [ThreadStatic]
        public static nint* Results;

        public readonly delegate* unmanaged[Cdecl]<nint, nint, Pointers> New;
        public readonly delegate* unmanaged[Cdecl]<Pointers, Handles, byte, void> SetNextEdges;
        public readonly delegate* unmanaged[Cdecl]<
            Handles,
            Handles,
            Handles,
            Handles,
            Pointers,
            delegate* unmanaged[Cdecl]<nuint, nint*>,
            void> WrapOutputs;
        public readonly delegate* unmanaged[Cdecl]<Pointers, void> ForgetShared,
            ForgetWeak;
        private readonly delegate* unmanaged[Cdecl]<nint> lastError;

        public Functions()
        {
            nint library = TorchRuntime.Shim;
            nint Of(string name) => NativeLibrary.GetExport(library, name);
            New = (delegate* unmanaged[Cdecl]<nint, nint, Pointers>)Of("THSAutograd_CSharpNode_ctor");
            SetNextEdges = (delegate* unmanaged[Cdecl]<Pointers, Handles, byte, void>)Of("THSAutograd_CSharpNode_setNextEdges");
            WrapOutputs = (delegate* unmanaged[Cdecl]<
                Handles,
                Handles,
                Handles,
                Handles,
                Pointers,
                delegate* unmanaged[Cdecl]<nuint, nint*>,
                void>)Of("THSAutograd_Function_wrapOutputs");
            ForgetShared = (delegate* unmanaged[Cdecl]<Pointers, void>)Of("THSAutograd_CSharpNode_disposeSharedPtr");
            ForgetWeak = (delegate* unmanaged[Cdecl]<Pointers, void>)Of("THSAutograd_CSharpNode_disposeWeakPtr");
            lastError = (delegate* unmanaged[Cdecl]<nint>)Of("THSTorch_get_and_reset_last_err");
        }

        [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
        public static nint* RoomForResults(nuint count) => Results;

        public void Check()
        {
            if (lastError() is var error and not 0)
                throw new ExternalException(Marshal.PtrToStringAnsi(error));
        }
    }
}
