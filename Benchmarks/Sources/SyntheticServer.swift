import Collectors
import Observations

/// A server of our own making: it answers the activity statement in the very bytes that PostgreSQL would send.
///
/// Every session runs statements one after another: some active, most idle, a few idle in a transaction, as behind a
/// busy application. The same seed gives the same answers.
struct SyntheticServer {
    private struct Session {
        var pid: Int32
        var backendStart: Int64
        var queryStart: Int64
        var stateChange: Int64
        var isActive: Bool
        let application: String
        let database: String
    }

    private var sessions: [Session] = []
    private var now: Int64 = 800_000_000_000_000
    private var random = SplitMix(state: 42)
    private var nextPID: Int32 = 1_000

    init(backends: Int) {
        for index in 0..<backends {
            sessions.append(
                Session(
                    pid: nextPID, backendStart: now - 3_600_000_000, queryStart: now - 500_000,
                    stateChange: now - 400_000,
                    isActive: false, application: "app-\(index % 50)", database: "db\(index % 5)"))
            nextPID += 1
        }
    }

    /// A second later: a third of the sessions have run something, one in a hundred was replaced by a new one.
    mutating func tick() {
        now += 1_000_000
        for index in sessions.indices {
            let draw = random.next() % 300
            if draw < 3 {
                sessions[index].pid = nextPID
                sessions[index].backendStart = now - 700_000
                nextPID += 1
            }
            guard draw < 100 else { continue }
            let start = now - Int64(random.next() % 900_000)
            sessions[index].queryStart = start
            sessions[index].isActive = draw % 4 == 0
            sessions[index].stateChange =
                sessions[index].isActive ? start : min(now, start + Int64(random.next() % 90_000))
        }
    }

    /// The answer to `ActivitySource.statement` now.
    func activity() -> BinaryTable {
        BinaryTable(columns: Self.columns, rows: sessions.map(row))
    }

    private static let columns: [TableColumn] = [
        ("sampled_at", TypeOID.timestamptz), ("pid", TypeOID.int4), ("is_self", TypeOID.bool),
        ("datname", TypeOID.name), ("usename", TypeOID.name), ("application_name", TypeOID.text),
        ("state", TypeOID.text), ("wait_event_type", TypeOID.text), ("wait_event", TypeOID.text),
        ("backend_start", TypeOID.timestamptz), ("xact_start", TypeOID.timestamptz),
        ("query_start", TypeOID.timestamptz), ("state_change", TypeOID.timestamptz), ("client_addr", TypeOID.inet),
        ("client_port", TypeOID.int4), ("backend_type", TypeOID.text), ("leader_pid", TypeOID.int4),
        ("query_id", TypeOID.int8),
    ].map { TableColumn(name: $0.0, typeOID: $0.1, isBinary: true) }

    private func row(_ session: Session) -> [[UInt8]?] {
        [
            bytes(now), bytes(session.pid), [0], Array(session.database.utf8), Array("web".utf8),
            Array(session.application.utf8), Array((session.isActive ? "active" : "idle").utf8),
            session.isActive ? nil : Array("Client".utf8), session.isActive ? nil : Array("ClientRead".utf8),
            bytes(session.backendStart), session.isActive ? bytes(session.queryStart) : nil, bytes(session.queryStart),
            bytes(session.stateChange), [2, 32, 0, 4, 10, 0, 0, 7], bytes(Int32(40_000)), Array("client backend".utf8),
            nil,
            bytes(Int64(session.pid % 200)),
        ]
    }

    private func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// Rows in PostgreSQL's binary format, one value behind another, as libpq holds them.
struct BinaryTable: ResultTable {
    let tableColumns: [TableColumn]
    let rowCount: Int
    private var bytes: [UInt8] = []
    /// Where each value begins, row by row, and its length; −1 is NULL.
    private var places: [(start: Int32, length: Int32)] = []

    init(columns: [TableColumn], rows: [[[UInt8]?]]) {
        tableColumns = columns
        rowCount = rows.count
        for value in rows.joined() {
            places.append((Int32(bytes.count), value.map { Int32($0.count) } ?? -1))
            bytes += value ?? []
        }
    }

    func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        let (start, length) = places[row * tableColumns.count + column]
        guard length >= 0 else { return body(nil) }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[Int(start)..<Int(start + length)])) }
    }

    func lendBytes(row: Int, column: Int, to body: (UnsafeRawBufferPointer?) -> Void) {
        withBytes(row: row, column: column, body)
    }
}

/// A small random generator with a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
