import Testing

@testable import Agent

@Suite("Ticks")
struct TickerTests {
    private let start = ContinuousClock.now

    @Test("ticks stand at start + n × interval, whatever the samples take")
    func grid() {
        var ticker = Ticker(start: start, interval: .seconds(1))
        #expect(ticker.next(now: start + .microseconds(5)) == (start, 0), "the first is due at once")
        #expect(ticker.next(now: start + .milliseconds(300)) == (start + .seconds(1), 0))
        #expect(ticker.next(now: start + .milliseconds(1999)) == (start + .seconds(2), 0))
    }

    @Test("a late tick is skipped and counted, never queued")
    func late() {
        var ticker = Ticker(start: start, interval: .seconds(1))
        _ = ticker.next(now: start)
        #expect(ticker.next(now: start + .milliseconds(3500)) == (start + .seconds(4), 3))
        #expect(ticker.next(now: start + .milliseconds(4001)) == (start + .seconds(5), 0))
    }

    @Test("a tick that is due this very moment is not skipped")
    func exact() {
        var ticker = Ticker(start: start, interval: .seconds(1))
        _ = ticker.next(now: start)
        #expect(ticker.next(now: start + .seconds(1)) == (start + .seconds(1), 0))
    }
}

@Suite("Process status")
struct ProcessStatusTests {
    @Test("fields count from the end of the command's name, which may hold anything")
    func parsing() throws {
        let stat = "42 (a b) c) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 4 0 1000 8192000 25 0"
        let status = try #require(
            ProcessStatus(stat: stat, bootTime: 1_700_000_000, ticksPerSecond: 100, pageSize: 4096))
        #expect(status.cpuSeconds == 3)
        #expect(status.startTime == 1_700_000_010)
        #expect(status.virtualBytes == 8_192_000)
        #expect(status.residentBytes == 25 * 4096)
    }

    @Test("this very process has a status")
    func own() throws {
        let status = try #require(ProcessStatus.read())
        #expect(status.residentBytes > 1_000_000)
        #expect((ProcessStatus.openFiles() ?? 0) > 2)
    }
}
