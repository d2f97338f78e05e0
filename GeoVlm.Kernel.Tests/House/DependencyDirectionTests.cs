namespace GeoVlm.Tests.House;

public sealed class DependencyDirectionTests
{
    private static readonly string[] Rooms = ["Data", "Models", "Generation", "Judging", "Learning", "Rendering", "Workbench"];

    [Fact]
    public void A_room_uses_only_the_rooms_before_it() =>
        SourceFiles.AssertNone(
            from reference in KernelSymbols.References
            let at = Array.IndexOf(Rooms, reference.Room)
            where at >= 0
            from later in Rooms.Skip(at + 1)
            where reference.IsOf($"GeoVlm.{later}")
            select reference.ToString(),
            $"A room uses one below it (order: {string.Join(", ", Rooms)}): move the type up, or let the lower room pass the value in."
        );

    [Fact]
    public void Every_folder_of_the_kernel_is_a_known_room() =>
        SourceFiles.AssertNone(
            SourceFiles
                .CSharp(SourceFiles.Kernel)
                .Select(path => path.Split('/'))
                .Where(parts => parts.Length > 2 && !Rooms.Contains(parts[1]))
                .Select(parts => parts[1]),
            "A folder is no room yet: put it into one, or give it its place in the order here and in README.md."
        );
}
