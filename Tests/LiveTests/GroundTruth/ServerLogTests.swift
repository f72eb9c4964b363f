import Collectors
import Testing

@Suite("The server's log as the truth")
struct ServerLogTests {
    private let log = ServerLog(
        parsing: """
            1700000010.250|a.1|web|shop|LOG:  duration: 250.000 ms  statement: SELECT 1
            1700000011.000|b.2|jobs|shop|LOG:  duration: 0.100 ms  statement: BEGIN
            1700000012.500|b.2|jobs|shop|LOG:  duration: 500.000 ms  statement: UPDATE t SET x = 'a|b'
            \tWHERE true
            1700000012.600|b.2|jobs|shop|LOG:  duration: 0.020 ms  parse <unnamed>: SELECT $1
            1700000012.600|b.2|jobs|shop|LOG:  duration: 0.010 ms  bind <unnamed>: SELECT $1
            1700000013.600|b.2|jobs|shop|LOG:  duration: 1000.000 ms  execute <unnamed>: SELECT $1
            1700000013.650|x|||LOG:  checkpoint starting: time
            1700000014.600|b.2|jobs|shop|LOG:  duration: 1.000 ms  statement: COMMIT
            1700000014.700|a.1|web|shop|ERROR:  canceling statement due to user request
            1700000015.000|b.2|jobs|shop|LOG:  disconnection: session time: 0:00:04.500 user=app database=shop host=127.0.0.1 port=4
            1700007215.000|a.1|web|shop|LOG:  disconnection: session time: 2:00:05.000 user=app database=shop host=[local]
            nonsense
            """)

    private func shape(_ kind: EpisodeKind) -> [String] {
        log.episodes(kind).map { episode in
            func round(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10_000 }
            return "\(episode.session) \(round(episode.start - 1_700_000_000)) \(round(episode.seconds))"
        }
    }

    @Test("a statement begins its duration before its line; parsing and binding are none")
    func statements() {
        #expect(
            shape(.statement) == [
                "web 10.0 0.25", "jobs 10.9999 0.0001", "jobs 12.0 0.5", "jobs 12.6 1.0", "jobs 14.599 0.001",
            ])
    }

    @Test("a transaction lasts from BEGIN's start to COMMIT's end; outside of it a statement is one of its own")
    func transactions() {
        #expect(shape(.transaction) == ["web 10.0 0.25", "jobs 10.9999 3.6001"])
    }

    @Test("idleness in a transaction lasts from the end of a statement to the start of the next")
    func idleness() {
        #expect(shape(.idleInTransaction) == ["jobs 11.0 1.0", "jobs 12.5 0.1", "jobs 13.6 0.999"])
    }

    @Test("a session is as long as its last line says")
    func sessions() {
        #expect(shape(.session) == ["web 10.0 7205.0", "jobs 10.5 4.5"])
    }
}
