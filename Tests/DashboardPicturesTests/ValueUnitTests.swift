import DashboardPictures
import Testing

/// Numbers as Grafana writes them.
@Suite("units of the previews")
struct ValueUnitTests {
    @Test(
        "a value has its unit and about three digits",
        arguments: [
            (ValueUnit.seconds, 0.0, "0 s"), (.seconds, 0.0032, "3.20 ms"), (.seconds, 8.888625, "8.89 s"),
            (.seconds, 150, "2.50 mins"), (.seconds, 60, "1 min"), (.seconds, 14_400, "4 hours"),
            (.seconds, 2e-7, "200 ns"), (.share, 0.953, "95.3%"), (.share, 1, "100%"), (.count, 12_300, "12.3 K"),
            (.count, 16, "16"), (.count, -0.0001, "-0.000100"), (.bytes, 1_572_864, "1.50 MiB"),
            (.bytesPerSecond, 2_000, "2 kB/s"),
            (.perSecond, 41.26, "41.3 ops/s"), (.perMinute, 3, "3 ops/min"),
        ])
    func text(_ unit: ValueUnit, _ value: Double, _ expected: String) {
        #expect(unit.text(value) == expected)
    }

    @Test("what is no number is said to be none")
    func notFinite() {
        #expect(ValueUnit.seconds.text(.nan) == "NaN")
        #expect(ValueUnit.seconds.text(.infinity) == "∞")
        #expect(ValueUnit.count.text(-.infinity) == "-∞")
    }

    @Test("decimals are as the panel says, and zero has no sign")
    func decimals() {
        #expect(ValueUnit.count.text(2.4, decimals: 0) == "2")
        #expect(ValueUnit.count.text(-0.2, decimals: 0) == "0")
    }

    @Test("a tick has no zeros at its end")
    func ticks() {
        #expect(ValueUnit.seconds.tick(0.25) == "250 ms")
        #expect(ValueUnit.share.tick(0.125) == "12.5%")
        #expect(ValueUnit.count.tick(0) == "0")
        #expect(ValueUnit.count.tick(20_000) == "20 K")
    }
}
