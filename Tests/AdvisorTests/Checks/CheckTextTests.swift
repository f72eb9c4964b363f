import Testing

@testable import Advisor

@Suite("numbers in sentences")
struct CheckTextTests {
    @Test("seconds")
    func seconds() {
        #expect(
            [0.0004, 0.4, 9.96, 30, 90, 7_875, 100_000, 86_400].map(CheckText.seconds) == [
                "under 1 ms", "0.40 s", "10.0 s", "30 s", "1 min 30 s", "2 h 11 min", "1 d 3 h", "1 d",
            ])
        #expect(CheckText.seconds(.nan) == "unknown" && CheckText.seconds(.infinity) == "unknown")
    }

    @Test("shares near the ends are not rounded to them")
    func percent() {
        #expect(
            [0, 0.001, 0.5, 0.996, 1].map(CheckText.percent) == ["0 %", "under 1 %", "50 %", "over 99 %", "100 %"])
    }

    @Test("bytes and names")
    func others() {
        #expect(CheckText.bytes(1_536 * 1_048_576) == "1.5 GiB")
        #expect(CheckText.name("a\nb") == "“a?b”")
        #expect(CheckText.name(String(repeating: "x", count: 64)).count == 65)
        #expect(CheckText.list(["a", "b", "c"], limit: 2) == "a, b and 1 more")
    }
}
