import Collectors
import Observations

/// Events between the samplers and whoever writes them down. Pure, and bounded: when the writer is too slow, whole ticks
/// of a target are left out from here on and counted, until there is room again.
struct RecordingQueue: Sendable {
    /// What the writer gets.
    enum Item: Sendable {
        case event(TimedEvent)
        /// So many events of a target were left out before the next one of it.
        case gap(target: Int, time: Double, events: Int)
    }

    /// What became of a target's session while its events were left out.
    private enum SessionChange {
        case none, lost
        case opened(version: String)
    }

    private struct Omission {
        var events = 0
        var session = SessionChange.none
    }

    private let limit: Int
    private var items: [Item] = []
    /// About how much memory the events hold.
    private(set) var bytes = 0
    private var omissions: [Int: Omission] = [:]
    private(set) var omittedEvents = 0
    private(set) var isClosed = false

    /// - Parameter limit: bytes, about.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func offer(_ event: TimedEvent) {
        guard !isClosed else { return }
        let cost = Self.cost(of: event)
        if var omission = omissions[event.target] {
            leaveOut(event, &omission)
            omissions[event.target] = omission
            // Only between two ticks, and with some room for what is to come.
            if case .tickEnded = event.event, bytes <= limit / 2 { resume(event) }
        } else if bytes + cost > limit {
            var omission = Omission()
            leaveOut(event, &omission)
            omissions[event.target] = omission
        } else {
            items.append(.event(event))
            bytes += cost
        }
    }

    /// Everything that waits to be written.
    mutating func take() -> [Item] {
        defer { (items, bytes) = ([], 0) }
        return items
    }

    /// No more events are taken in; what was left out to the end is told.
    mutating func close(at time: Double) {
        guard !isClosed else { return }
        isClosed = true
        for (target, omission) in omissions.sorted(by: { $0.key < $1.key }) {
            items.append(.gap(target: target, time: time, events: omission.events))
        }
    }

    private mutating func leaveOut(_ event: TimedEvent, _ omission: inout Omission) {
        omission.events += 1
        omittedEvents += 1
        switch event.event {
        case .opened(let version): omission.session = .opened(version: version)
        case .lost: omission.session = .lost
        // A refusal comes again with the next attempt to connect.
        case .refused, .skipped, .tickBegan, .answered, .omitted, .tickEnded: break
        }
    }

    private mutating func resume(_ event: TimedEvent) {
        guard let omission = omissions.removeValue(forKey: event.target) else { return }
        items.append(.gap(target: event.target, time: event.time, events: omission.events))
        let session: PipelineEvent
        switch omission.session {
        case .none: return
        case .lost: session = .lost
        case .opened(let version): session = .opened(version: version)
        }
        items.append(.event(TimedEvent(target: event.target, time: event.time, event: session)))
    }

    /// About how much memory an event holds until it is written.
    static func cost(of event: TimedEvent) -> Int {
        guard case .answered(let answer) = event.event, case .success(let table) = answer.result else { return 256 }
        let columns = table.tableColumns
        // libpq takes 16 bytes a value beside its bytes; a statement's text may be long.
        let row = columns.count * 48 + (columns.contains { $0.name == "query" } ? ActivitySource.queryTextLimit : 0)
        return 512 + table.rowCount * row
    }
}
