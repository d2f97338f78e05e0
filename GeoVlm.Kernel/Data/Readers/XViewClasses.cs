namespace GeoVlm.Data.Readers;

/// <summary>Names of xView's sixty classes by their <c>type_id</c>.</summary>
internal static class XViewClasses
{
    /// <summary>The names; other numbers name nothing.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } =
        (
            "11 fixed wing aircraft,12 small aircraft,13 cargo plane,15 helicopter,17 passenger vehicle,18 small car,19 bus,20 pickup truck,"
            + "21 utility truck,23 truck,24 cargo truck,25 truck with box,26 truck tractor,27 trailer,28 truck with flatbed,"
            + "29 truck with liquid,32 crane truck,33 railway vehicle,34 passenger car,35 cargo car,36 flat car,37 tank car,38 locomotive,"
            + "40 maritime vessel,41 motorboat,42 sailboat,44 tugboat,45 barge,47 fishing vessel,49 ferry,50 yacht,51 container ship,"
            + "52 oil tanker,53 engineering vehicle,54 tower crane,55 container crane,56 reach stacker,57 straddle carrier,59 mobile crane,"
            + "60 dump truck,61 haul truck,62 scraper or tractor,63 front loader or bulldozer,64 excavator,65 cement mixer,66 ground grader,"
            + "71 hut or tent,72 shed,73 building,74 aircraft hangar,76 damaged building,77 facility,79 construction site,83 vehicle lot,"
            + "84 helipad,86 storage tank,89 shipping container lot,91 shipping container,93 pylon,94 tower"
        )
            .Split(',')
            .ToDictionary(entry => entry[..2], entry => entry[3..]);
}
