using GeoVlm.Models.Native;

namespace GeoVlm.Tests.Models.Native;

public class SpinTeamTests
{
    [Fact]
    public void Nobody_passes_a_meeting_before_all_have_come()
    {
        using var team = new SpinTeam(3);
        int[] stage = new int[3];
        bool early = false;
        void Work(int member)
        {
            for (int turn = 1; turn <= 50; turn++)
            {
                Volatile.Write(ref stage[member], turn);
                team.Meet();
                for (int other = 0; other < 3; other++)
                    early |= Volatile.Read(ref stage[other]) < turn;
                team.Meet();
            }
        }
        for (int job = 0; job < 3; job++)
            team.Run(Work);
        Assert.False(early);
        Assert.Equal([50, 50, 50], stage);
    }

    [Fact]
    public void What_one_member_throws_reaches_the_caller_and_the_others_do_not_wait_for_ever()
    {
        using var team = new SpinTeam(2);
        for (int culprit = 0; culprit < 2; culprit++)
        {
            int guilty = culprit;
            var error = Assert.Throws<InvalidDataException>(() =>
                team.Run(member =>
                {
                    if (member == guilty)
                        throw new InvalidDataException("broken");
                    team.Meet();
                })
            );
            Assert.Equal("broken", error.Message);
        }
        int ran = 0;
        team.Run(_ => Interlocked.Increment(ref ran));
        Assert.Equal(2, ran);
    }
}
