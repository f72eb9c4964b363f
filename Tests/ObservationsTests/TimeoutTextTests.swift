import Observations
import Testing

@Suite("Time-outs as text")
struct TimeoutTextTests {
    @Test(
        "a value is read as PostgreSQL reads it",
        arguments: [
            ("0", 0.0), ("5000", 5), ("5s", 5), ("5 s", 5), ("  5s  ", 5), ("1min", 60), ("2h", 7_200), ("1d", 86_400),
            ("250ms", 0.25), ("1500us", 0.002), ("499us", 0), ("1.5s", 1.5), ("1.5min", 90), ("0.5h", 1_800),
            ("1.0001h", 3_600), ("1e3", 1), ("1.5e3 ms", 1.5), ("0x10", 0.016), ("010", 0.008), ("+7", 0.007),
            (".6", 0.001), ("2.5", 0.002), ("3.5", 0.004), ("2147483647", 2_147_483.647),
        ])
    func valid(text: String, seconds: Double) {
        #expect(TimeoutText.seconds(text) == seconds)
    }

    @Test(
        "what the server would not take is no value",
        arguments: [
            "", " ", "s", "5 S", "5 sec", "5m", "-1", "1 min 5 s", "5s;", "2147483648", "25d", "1e400", "nan", "inf",
            "5\u{2003}s", "five", "0x", "9999999999999999999999",
        ])
    func invalid(text: String) {
        #expect(TimeoutText.seconds(text) == nil)
    }
}
