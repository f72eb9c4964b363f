import Demo
import Testing

@Suite("Schedule")
struct ScheduleTests {
    @Test("a cycle is the seasons one after the other, each for its time")
    func cycle() {
        let schedule = Schedule()
        #expect(Schedule.cycle == .seconds(56))
        #expect(schedule.entry(at: .zero) == .init(season: .normal, remaining: .seconds(12)))
        #expect(schedule.entry(at: .milliseconds(11_999)) == .init(season: .normal, remaining: .milliseconds(1)))
        #expect(schedule.entry(at: .seconds(12)) == .init(season: .slow, remaining: .seconds(14)))
        #expect(schedule.entry(at: .seconds(30)) == .init(season: .exhausted, remaining: .seconds(12)))
        #expect(schedule.entry(at: .seconds(55)) == .init(season: .idleInTransaction, remaining: .seconds(1)))
    }

    @Test("the cycle repeats for ever, and a time before the start counts as the start")
    func repeats() {
        let schedule = Schedule()
        for cycles in [1, 2, 1_000_000] {
            #expect(schedule.entry(at: Schedule.cycle * cycles) == schedule.entry(at: .zero))
            #expect(schedule.entry(at: Schedule.cycle * cycles + .seconds(41)) == schedule.entry(at: .seconds(41)))
        }
        #expect(schedule.entry(at: .seconds(-5)) == schedule.entry(at: .zero))
    }

    @Test("the entries of a cycle join without a gap")
    func joins() throws {
        let schedule = Schedule()
        for time in stride(from: 0, to: 56_000, by: 37).map({ Duration.milliseconds($0) }) {
            let entry = schedule.entry(at: time)
            let remaining = try #require(entry.remaining)
            #expect(remaining > .zero && remaining <= entry.season.duration)
            let next = schedule.entry(at: time + remaining)
            #expect(next.season != entry.season && next.remaining == next.season.duration)
        }
    }

    @Test("a pinned season never ends", arguments: Season.allCases)
    func pinned(season: Season) {
        for time in [Duration.zero, .seconds(13), .seconds(100_000)] {
            #expect(Schedule(pinned: season).entry(at: time) == .init(season: season, remaining: nil))
        }
    }
}
