import ConnectionPool
import Locking
import Logging
import PoolMetrics
import Testing

/// Keeps what is logged, as `level: message key=value …`.
private struct LineHandler: LogHandler {
    let lines: Guarded<[String]>
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let fields = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        lines.withLock { $0.append("\(event.level): \(event.message)\(fields)") }
    }
}

@Suite("the log of a pool")
struct PoolLogTests {
    private let lines = Guarded<[String]>([])
    private let log: PoolLog

    init() {
        let lines = lines
        log = PoolLog(Logger(label: "test") { _ in LineHandler(lines: lines) }, pool: "orders")
    }

    private var written: [String] { lines.withLock { $0 } }

    @Test("a leak is a warning that says where the lease was taken")
    func leak() {
        log.leaked(LeaseOrigin(fileID: "Shop/Orders.swift", line: 7), heldFor: .seconds(61))
        #expect(
            written == [
                "warning: a connection is held for too long pool=orders seconds=61.0 taken_at=Shop/Orders.swift:7"
            ])
    }

    @Test("an outage is one warning, and one line when it is over")
    func outage() {
        struct Refused: Error, CustomStringConvertible { let description = "refused" }
        log.opened(after: .zero)
        for _ in 0..<3 { log.openFailed(Refused(), after: .milliseconds(500)) }
        log.opened(after: .zero)
        log.opened(after: .zero)
        #expect(
            written == [
                "warning: no connection could be opened error=refused pool=orders seconds=0.5",
                "debug: no connection could be opened error=refused pool=orders seconds=0.5",
                "debug: no connection could be opened error=refused pool=orders seconds=0.5",
                "notice: connections can be opened again failures=3 pool=orders",
            ])
    }

    @Test("what a caller hears anyway, and what is as it should be, is a debug message")
    func quiet() {
        log.acquireFailed(.acquireTimeout, after: .seconds(2))
        log.closed(.idle)
        log.acquired(after: .zero)
        log.released(after: .zero)
        log.keptAlive(true)
        #expect(
            written == [
                "debug: a task got no connection code=acquire_timeout pool=orders seconds=2.0",
                "debug: a connection was closed pool=orders reason=idle",
            ])
    }

    @Test("observers that are combined all hear of every event, in order")
    func combined() {
        let first = EventList()
        let second = EventList()
        let both = PoolObservers([first, second, NoObserver()])
        both.opened(after: .seconds(1))
        both.openFailed(CancellationError(), after: .seconds(2))
        both.closed(.broken)
        both.acquired(after: .seconds(3))
        both.acquireFailed(.shutdown, after: .seconds(4))
        both.released(after: .seconds(5))
        both.leaked(LeaseOrigin(fileID: "a", line: 1), heldFor: .seconds(6))
        both.keptAlive(false)
        #expect(first.all.count == 8)
        #expect(first.all == second.all)
        #expect(
            first.all == [
                "opened 1.0", "openFailed 2.0", "closed broken", "acquired 3.0", "refused shutdown 4.0", "released 5.0",
                "leaked a:1 6.0", "keptAlive false",
            ])
    }
}

/// An observer that writes down what it hears.
private final class EventList: PoolObserver {
    private let events = Guarded<[String]>([])
    var all: [String] { events.withLock { $0 } }

    private func add(_ event: String) { events.withLock { $0.append(event) } }
    private func seconds(_ duration: Duration) -> String { "\(Double(duration.components.seconds))" }

    func opened(after duration: Duration) { add("opened \(seconds(duration))") }
    func openFailed(_ error: any Error, after duration: Duration) { add("openFailed \(seconds(duration))") }
    func closed(_ reason: CloseReason) { add("closed \(reason.rawValue)") }
    func acquired(after duration: Duration) { add("acquired \(seconds(duration))") }
    func acquireFailed(_ code: PoolError.Code, after duration: Duration) {
        add("refused \(code.rawValue) \(seconds(duration))")
    }
    func released(after duration: Duration) { add("released \(seconds(duration))") }
    func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) { add("leaked \(lease) \(seconds(duration))") }
    func keptAlive(_ succeeded: Bool) { add("keptAlive \(succeeded)") }
}
