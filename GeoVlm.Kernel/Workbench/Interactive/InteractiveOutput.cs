using System.Reflection;
using GeoVlm.Rendering;

namespace GeoVlm.Workbench.Interactive;

/// <summary>What .NET Interactive shows, reached by the names of its types and members: events and formatters.</summary>
/// <param name="typeOf">A type of the host, by its name within the host's root namespace.</param>
internal sealed class InteractiveOutput(Func<string, Type> typeOf)
{
    // Formatting is an assembly of its own; the constructors of the events name its types.
    private readonly Type formattedValue = Events("DisplayedValueProduced", typeOf)
        .GetParameters()
        .Select(parameter => parameter.ParameterType)
        .Single(type => type.IsGenericType)
        .GetGenericArguments()[0];

    /// <summary>Publishes an event: representations under a name such as "DisplayedValueProduced".</summary>
    /// <param name="context">The invocation that it belongs to.</param>
    /// <param name="eventName">Its type.</param>
    /// <param name="bundle">The representations.</param>
    /// <param name="id">What a later update calls it.</param>
    public void Publish(object context, string eventName, MimeBundle bundle, string? id)
    {
        object command = context.GetType().GetProperty("Command")!.GetValue(context)!;
        Array values = Array.CreateInstance(formattedValue, bundle.Data.Count);
        int at = 0;
        foreach ((string mimeType, string value) in bundle.Data)
            values.SetValue(Activator.CreateInstance(formattedValue, mimeType, value), at++);
        ConstructorInfo constructor = Events(eventName, typeOf);
        object made = constructor.Invoke([
            .. constructor
                .GetParameters()
                .Select(parameter =>
                    parameter.Name switch
                    {
                        "value" => bundle,
                        "command" => command,
                        "formattedValues" => values,
                        "valueId" => (object?)id,
                        var other => throw new MissingMemberException($"{eventName} asks for {other}."),
                    }
                ),
        ]);
        context.GetType().GetMethod("Publish", [made.GetType()])!.Invoke(context, [made]);
    }

    /// <summary>Shows values of a type as in our own notebooks, as HTML and as text.</summary>
    public void AddFormatter(Type type)
    {
        Type formatter = formattedValue.Assembly.GetType($"{formattedValue.Namespace}.Formatter", throwOnError: true)!;
        MethodInfo register = formatter.GetMethod("Register", [typeof(Type), typeof(Action<object, TextWriter>), typeof(string)])!;
        string[] mimeTypes = [MimeBundle.Html, MimeBundle.Text];
        foreach (string mimeType in mimeTypes)
        {
            Action<object, TextWriter> format = (value, writer) => writer.Write(ValueRenderer.Render(value).Data[mimeType]);
            register.Invoke(null, [type, format, mimeType]);
        }
        formatter.GetMethod("SetPreferredMimeTypesFor")!.Invoke(null, [type, mimeTypes]);
    }

    private static ConstructorInfo Events(string name, Func<string, Type> typeOf) => typeOf("Events." + name).GetConstructors().Single();
}
