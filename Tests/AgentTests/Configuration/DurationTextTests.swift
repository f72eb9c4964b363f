import TestSupport
import Testing

@testable import Agent

@Suite("Durations as text")
struct DurationTextTests {
    @Test(
        "a number with its unit is a duration",
        arguments: [
            ("500ms", .milliseconds(500)), ("1s", .seconds(1)), ("1.5s", .milliseconds(1500)), ("5m", .seconds(300)),
            ("1h", .seconds(3600)), ("2h30m", .seconds(9000)), ("1m0.25s", .milliseconds(60_250)), ("0s", .zero),
            ("0.5h", .seconds(1800)), ("1h2m3s4ms", .milliseconds(3_723_004)), ("0.000001ms", .nanoseconds(1)),
            ("007s", .seconds(7)), ("1.50000000000s", .milliseconds(1500)), ("2562047h", .seconds(9_223_369_200)),
        ] as [(String, Duration)])
    func parsed(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "what is no duration is not taken for one",
        arguments: [
            "", "5", "s", "-1s", "+1s", "1 s", " 1s", "1s ", "1 parsec", "1d", "1S", "1s1s", "1m1h", "1ms1s", ".5s",
            "1.s",
            "1..5s", "1.5.5s", "1,5s", "1e3s", "0x1s", "0.0000001ms", "1.0000000001s", "١s", "99999999999999999999s",
            "9223372036855s9223372036855ms", "2562048h", "2562047h99999999999s", "infs", "nan",
        ])
    func refused(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(
        "a duration is written the usual way",
        arguments: [
            (.zero, "0s"), (.milliseconds(500), "500ms"), (.seconds(1), "1s"), (.milliseconds(1500), "1.5s"),
            (.seconds(90), "1m30s"), (.seconds(3600), "1h"), (.seconds(9000), "2h30m"), (.nanoseconds(1), "0.000001ms"),
            (.milliseconds(3_600_050), "1h0.05s"), (.seconds(-90), "-1m30s"), (.milliseconds(-5), "-5ms"),
            (Duration(secondsComponent: 0, attosecondsComponent: 5), "0s"),
        ] as [(Duration, String)])
    func formatted(duration: Duration, text: String) {
        #expect(DurationText.format(duration) == text)
    }

    @Test("what is written is read back as the same duration")
    func roundTrip() {
        var random = SeededRandom(seed: 1)
        for _ in 0..<5_000 {
            let magnitude = Int64.random(in: 0...(1 << Int64.random(in: 0...62)), using: &random)
            let duration = Duration.nanoseconds(magnitude)
            #expect(DurationText.parse(DurationText.format(duration)) == duration)
        }
    }

    @Test("the longest durations that there are can be written")
    func extremes() {
        for seconds in [Int64.min, .max] {
            let text = DurationText.format(Duration(secondsComponent: seconds, attosecondsComponent: 0))
            #expect(text.hasSuffix("s") && text.contains("2562047788015215h30m"))
        }
    }
}
