import Exposition
import Observations
import Testing

@testable import Collectors

@Suite("Blocking")
struct BlockingTests {
    private func time(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64(seconds * 1_000_000)) }

    private func row(
        _ pid: Int32, waits: Bool = false, database: String = "shop", application: String = "web",
        state: BackendState = .active, query: Double = 10
    ) -> ActivityRow {
        ActivityRow(
            pid: pid, backendStart: time(1), queryStart: time(query), stateChange: time(query), state: state,
            database: database, user: "app", applicationName: application, waitEventType: waits ? "Lock" : nil,
            waitEvent: waits ? "transactionid" : nil, clientAddress: "10.0.0.9", clientPort: 5_000 + pid)
    }

    private func labels(_ application: String, client: String? = nil, state: String = "idle in transaction") -> Labels {
        [
            "datname": "shop", "usename": "app", "application_name": application, "state": state,
            "client_application": client ?? application, "client_address": client == nil ? "10.0.0.9" : "10.1.1.1",
        ]
    }

    private func number(_ snapshot: Snapshot, _ family: String, _ labels: Labels = ["datname": "shop"]) -> Double? {
        guard case .number(let number) = snapshot.value(family, labels) else { return nil }
        return number
    }

    private func observe(
        _ collector: inout BlockingCollector, _ rows: [ActivityRow], _ waits: [LockWait]?, at seconds: Double = 30,
        links: [PoolerLink] = []
    ) -> Snapshot {
        let result = snapshot(of: &collector) { facts in
            facts.set(ActivitySample(sampledAt: time(seconds), rows: rows), for: ActivitySource.self)
            if let waits { facts.set(waits, for: BlockingSource.self) }
            facts.poolerLinks = PoolerLinks(links)
        }
        for family in result.families {
            #expect(family.samples.allSatisfy { $0.labels.pairs.map(\.name) == family.descriptor.labels })
        }
        return result
    }

    // MARK: What is asked

    private func statement(_ rows: [ActivityRow]?, version: Int = 150_000, known: [Int32]? = nil) -> String? {
        var facts = Facts()
        if let rows { facts.set(ActivitySample(sampledAt: time(30), rows: rows), for: ActivitySource.self) }
        if let known { facts.set(known.map { LockWait(pid: $0, blockers: []) }, for: BlockingSource.self) }
        return BlockingSource.statement(in: SourceContext(serverVersion: version, facts: facts))
    }

    @Test("nothing is asked when nobody waits for a lock, or when that is not known")
    func nobody() {
        #expect(statement(nil) == nil)
        #expect(statement([]) == nil)
        #expect(statement([row(1), row(2, state: .idle)]) == nil)
        var other = row(3)
        (other.waitEventType, other.waitEvent) = ("LWLock", "LockManager")
        #expect(statement([other]) == nil)
    }

    @Test("only those who wait are asked about; pg_locks is read when one of them is new and the server has waitstart")
    func asked() throws {
        let rows = [row(1), row(7, waits: true), row(5, waits: true)]
        let first = try #require(statement(rows))
        #expect(first.contains("'{7,5}'::int4[]") && first.contains("pg_blocking_pids(w.pid)"))
        #expect(first.contains("pg_locks") && first.contains("waitstart"))
        let again = try #require(statement(rows, known: [5, 7, 9]))
        #expect(again.contains("'{7,5}'::int4[]") && !again.contains("pg_locks"))
        #expect(statement(rows, known: [5])?.contains("pg_locks") == true)
        #expect(statement(rows, version: 130_000)?.contains("pg_locks") == false)
        #expect(statement(rows, version: 90_500) == nil)
    }

    @Test("of many the hundred with the oldest statements are asked about")
    func many() throws {
        let rows = (1...500).map { row(Int32($0), waits: true, query: 1_000 - Double($0)) }
        let text = try #require(statement(rows))
        let list = try #require(text.firstMatch(of: /'\{([0-9,]*)\}'/)).1.split(separator: ",").map { Int($0)! }
        #expect(list == (401...500).reversed())
    }

    @Test("rows become waits: several blockers, none, a prepared transaction, with and without waitstart")
    func decode() throws {
        let rows: [[String?]] = [["5", "1"], ["5", "0"], ["6", nil], ["7", "5"]]
        let plain = try BlockingSource.decode(TextTable(columns: ["pid", "blocker"], rows: rows))
        #expect(
            plain == [
                LockWait(pid: 5, blockers: [1, 0]), LockWait(pid: 6, blockers: []), LockWait(pid: 7, blockers: [5]),
            ])
        let dated = try BlockingSource.decode(
            BinaryTable(
                columns: ["pid": TypeOID.int4, "blocker": TypeOID.int4, "waitstart": TypeOID.timestamptz],
                rows: [["pid": 5, "blocker": 1, "waitstart": time(12).microseconds], ["pid": 6, "blocker": 1]]))
        #expect(dated == [LockWait(pid: 5, blockers: [1], startedAt: time(12)), LockWait(pid: 6, blockers: [1])])
        #expect(throws: DecodeError.self) { try BlockingSource.decode(TextTable(columns: ["pid"], rows: [])) }
    }

    // MARK: What is told

    @Test("where nobody waits there are zeros; where privileges hide sessions there is nothing")
    func zeros() {
        var collector = BlockingCollector(target: server)
        var hidden = row(2, database: "dark")
        (hidden.backendStart, hidden.state, hidden.queryStart) = (nil, nil, nil)
        let result = observe(&collector, [row(1), hidden, row(3, database: "dark")], nil)
        for family in [
            "poolscope_blocked_sessions", "poolscope_blocking_sessions", "poolscope_longest_block_seconds",
        ] {
            #expect(number(result, family) == 0)
            #expect(number(result, family, ["datname": "dark"]) == nil)
        }
        #expect(result.families.first { $0.descriptor.name == "poolscope_blocker_info" } == nil)
        // One who is seen waiting counts all the same.
        let seen = observe(
            &collector, [row(1), hidden, row(3, waits: true, database: "dark")], [LockWait(pid: 3, blockers: [2])])
        #expect(number(seen, "poolscope_blocked_sessions", ["datname": "dark"]) == 1)
        #expect(number(seen, "poolscope_blocking_sessions", ["datname": "dark"]) == 1)
    }

    @Test("a chain has one root, with everybody behind it, and the longest wait is the server's")
    func chain() {
        var collector = BlockingCollector(target: server)
        let rows = [
            row(1, application: "root", state: .idleInTransaction), row(2, waits: true), row(3, waits: true), row(4),
        ]
        let result = observe(
            &collector, rows,
            [
                LockWait(pid: 2, blockers: [1], startedAt: time(12)),
                LockWait(pid: 3, blockers: [2], startedAt: time(20)),
            ])
        #expect(number(result, "poolscope_blocked_sessions") == 2)
        #expect(number(result, "poolscope_blocking_sessions") == 1)
        #expect(number(result, "poolscope_longest_block_seconds") == 18)
        #expect(number(result, "poolscope_blocker_info", labels("root")) == 1)
        #expect(number(result, "poolscope_blocker_blocked_sessions", labels("root")) == 2)
    }

    @Test("without waitstart a wait counts from when it was first seen, and anew for another statement")
    func firstSeen() {
        var collector = BlockingCollector(target: server)
        func longest(at seconds: Double, query: Double) -> Double? {
            let rows = [row(1), row(2, waits: true, query: query)]
            return number(
                observe(&collector, rows, [LockWait(pid: 2, blockers: [1])], at: seconds),
                "poolscope_longest_block_seconds")
        }
        #expect(longest(at: 30, query: 10) == 0)
        #expect(longest(at: 34, query: 10) == 4)
        #expect(longest(at: 35, query: 34.5) == 0)
        _ = observe(&collector, [row(1), row(2)], nil, at: 36)
        #expect(longest(at: 37, query: 34.5) == 0)
    }

    @Test("a start that was told once holds until the wait is over, later ones are taken over")
    func toldOnce() {
        var collector = BlockingCollector(target: server)
        func longest(at seconds: Double, start: Double?) -> Double? {
            let wait = LockWait(pid: 2, blockers: [1], startedAt: start.map(time))
            return number(
                observe(&collector, [row(1), row(2, waits: true)], [wait], at: seconds),
                "poolscope_longest_block_seconds")
        }
        #expect(longest(at: 30, start: 12) == 18)
        #expect(longest(at: 31, start: nil) == 19)
        #expect(longest(at: 32, start: 31.5) == 0.5)
        #expect(longest(at: 33, start: 99) == 0, "never negative")
    }

    @Test("blockers that no sample shows, prepared transactions and background processes have their labels")
    func strangers() {
        var collector = BlockingCollector(target: server)
        let vacuum = ActivityRow(pid: 9, state: .active, database: "shop", backendType: "autovacuum worker")
        let result = observe(
            &collector, [row(2, waits: true), row(3, waits: true), row(4, waits: true), row(5, waits: true), vacuum],
            [
                LockWait(pid: 2, blockers: [77]), LockWait(pid: 3, blockers: [0]), LockWait(pid: 4, blockers: [9]),
                LockWait(pid: 5, blockers: []),
            ])
        #expect(number(result, "poolscope_blocked_sessions") == 3, "the wait of one was over")
        #expect(number(result, "poolscope_blocking_sessions") == 3)
        func bare(_ application: String, _ state: String) -> Labels {
            [
                "datname": "shop", "usename": "", "application_name": application, "state": state,
                "client_application": application, "client_address": "",
            ]
        }
        for expected in [bare("", ""), bare("", "prepared transaction"), bare("autovacuum worker", "active")] {
            #expect(number(result, "poolscope_blocker_info", expected) == 1)
            #expect(number(result, "poolscope_blocker_blocked_sessions", expected) == 1)
        }
    }

    @Test("a deadlock blocks its sessions and has no root")
    func deadlock() {
        var collector = BlockingCollector(target: server)
        let result = observe(
            &collector, [row(1, waits: true), row(2, waits: true)],
            [LockWait(pid: 1, blockers: [2]), LockWait(pid: 2, blockers: [1])])
        #expect(number(result, "poolscope_blocked_sessions") == 2)
        #expect(number(result, "poolscope_blocking_sessions") == 0)
    }

    @Test("workers of one parallel query are one session, and autovacuum that waits is none")
    func workers() {
        var collector = BlockingCollector(target: server)
        func worker(_ pid: Int32) -> ActivityRow {
            ActivityRow(
                pid: pid, queryStart: time(10), state: .active, database: "shop", user: "app",
                backendType: "parallel worker", waitEventType: "Lock", leaderPID: 2)
        }
        let vacuum = ActivityRow(
            pid: 9, state: .active, database: "shop", backendType: "autovacuum worker", waitEventType: "Lock")
        let root = row(1, application: "root", state: .idleInTransaction)
        let result = observe(
            &collector, [root, row(2), worker(3), worker(4), vacuum, row(5, waits: true)],
            [
                LockWait(pid: 3, blockers: [1]), LockWait(pid: 4, blockers: [1]), LockWait(pid: 9, blockers: [1]),
                LockWait(pid: 5, blockers: [9]),
            ])
        #expect(number(result, "poolscope_blocked_sessions") == 2)
        #expect(number(result, "poolscope_blocker_blocked_sessions", labels("root")) == 2)
    }

    @Test("when the question was not answered, those who wait are known and those who block are not")
    func unanswered() {
        var collector = BlockingCollector(target: server)
        let result = observe(&collector, [row(1), row(2, waits: true)], nil)
        #expect(number(result, "poolscope_blocked_sessions") == 1)
        #expect(number(result, "poolscope_blocking_sessions") == nil)
    }

    @Test("five root blockers are named, those with most behind them; equal labels are one, and its info is 1")
    func budget() throws {
        var collector = BlockingCollector(target: server)
        var rows: [ActivityRow] = []
        var waits: [LockWait] = []
        var next: Int32 = 100
        for root in Int32(1)...8 {
            // The first two cannot be told apart.
            rows.append(row(root, application: root <= 2 ? "twin" : "root-\(root)", state: .idleInTransaction))
            for _ in 0..<root {
                rows.append(row(next, waits: true))
                waits.append(LockWait(pid: next, blockers: root == 2 ? [1, 2] : [root]))
                next += 1
            }
        }
        let result = observe(&collector, rows, waits)
        let named = try #require(result.families.first { $0.descriptor.name == "poolscope_blocker_info" }).samples
        #expect(Set(named.map { $0.labels["application_name"] }) == ["root-4", "root-5", "root-6", "root-7", "root-8"])
        #expect(named.allSatisfy { $0.value == .number(1) })
        #expect(number(result, "poolscope_blocking_sessions") == 8)
        let few = observe(
            &collector, Array(rows.prefix { $0.pid < 103 || $0.pid > 200 }),
            [LockWait(pid: 100, blockers: [1]), LockWait(pid: 101, blockers: [1, 2])])
        #expect(number(few, "poolscope_blocker_info", labels("twin")) == 1)
        #expect(number(few, "poolscope_blocker_blocked_sessions", labels("twin")) == 2)
        #expect(number(few, "poolscope_blocking_sessions") == 2)
    }

    @Test("a blocker behind a pooler is told by its client's application and address")
    func pooled() {
        var collector = BlockingCollector(target: server)
        let link = PoolerLink(
            backendPID: 1, poolerPort: 5_001, clientApplication: "checkout", clientAddress: "10.1.1.1",
            clientUser: "app")
        let result = observe(
            &collector, [row(1, application: "pooled", state: .idleInTransaction), row(2, waits: true)],
            [LockWait(pid: 2, blockers: [1])], links: [link])
        #expect(number(result, "poolscope_blocker_info", labels("pooled", client: "checkout")) == 1)
    }

    @Test("a target that is gone tells nothing")
    func gone() {
        var collector = BlockingCollector(target: server)
        _ = observe(&collector, [row(1), row(2, waits: true)], [LockWait(pid: 2, blockers: [1])])
        collector.miss(.refused)
        #expect(emitted(by: collector, isUp: false).families.isEmpty)
    }

    // MARK: Idle in transaction

    @Test("the five longest idle in transaction are told, each set of labels once with its longest")
    func offenders() throws {
        var collector = IdleOffendersCollector(target: server)
        var rows = (1...8).map {
            row(Int32($0), application: "job-\($0)", state: .idleInTransaction, query: 30 - Double($0))
        }
        rows.append(row(20, application: "job-8", state: .idleInTransactionAborted, query: 5))
        rows.append(row(21, application: "busy", query: 2))
        let link = PoolerLink(
            backendPID: 7, poolerPort: 5_007, clientApplication: "", clientAddress: "10.1.1.1", clientUser: "app")
        let result = snapshot(of: &collector) { facts in
            facts.set(ActivitySample(sampledAt: time(30), rows: rows), for: ActivitySource.self)
            facts.poolerLinks = PoolerLinks([link])
        }
        let family = try #require(result.families.first)
        #expect(family.samples.count == 5)
        func offender(_ application: String, address: String = "10.0.0.9") -> Labels {
            [
                "datname": "shop", "usename": "app", "application_name": application,
                "client_application": application, "client_address": address,
            ]
        }
        let name = "poolscope_idle_in_transaction_offender_seconds"
        #expect(number(result, name, offender("job-8")) == 25)
        #expect(number(result, name, offender("job-7", address: "10.1.1.1")) == 7)
        #expect(number(result, name, offender("job-4")) == 4)
        #expect(number(result, name, offender("job-3")) == nil)
    }

    @Test("idle for less than a second is no offence")
    func brief() {
        var collector = IdleOffendersCollector(target: server)
        let result = snapshot(of: &collector) { facts in
            facts.set(
                ActivitySample(sampledAt: time(30), rows: [row(1, state: .idleInTransaction, query: 29.5)]),
                for: ActivitySource.self)
        }
        #expect(result.families.isEmpty)
    }
}

/// Whole numbers in PostgreSQL's binary format.
private struct BinaryTable: ResultTable {
    let tableColumns: [TableColumn]
    private let rows: [[String: Int64]]

    init(columns: [String: UInt32], rows: [[String: Int64]]) {
        tableColumns = columns.map { TableColumn(name: $0.key, typeOID: $0.value, isBinary: true) }
        self.rows = rows
    }

    var rowCount: Int { rows.count }

    func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        guard let number = rows[row][tableColumns[column].name] else { return body(nil) }
        guard tableColumns[column].typeOID == TypeOID.int4 else {
            return withUnsafeBytes(of: number.bigEndian, body)
        }
        return withUnsafeBytes(of: Int32(truncatingIfNeeded: number).bigEndian, body)
    }
}
