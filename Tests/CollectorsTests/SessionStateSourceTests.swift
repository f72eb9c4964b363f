import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("The source of session state")
struct SessionStateSourceTests {
    private static let columns = ["pid", "client_port", "datname", "usename", "application_name", "kind"]

    @Test("rows are read by name; a kind that is not known is left out")
    func rows() throws {
        let table = TextTable(
            columns: Self.columns,
            rows: [
                ["711", "50001", "shop", "web", "api", "listen"], ["712", "-1", "shop", "web", "", "advisory_lock"],
                ["713", "50003", "shop", "web", "api", "cartwheel"], ["714", nil, nil, nil, nil, "set"],
            ])
        let states = try SessionStateSource.decode(table)
        #expect(states.map(\.pid) == [711, 712, 714])
        #expect(states.map(\.kind) == [.listen, .advisoryLock, .set])
        #expect(states.first?.clientPort == 50_001 && states.first?.application == "api")
        #expect(states.last?.clientPort == nil && states.last?.database == "")
    }

    @Test("an answer without the kind is refused")
    func wrong() {
        #expect(throws: DecodeError.self) {
            try SessionStateSource.decode(TextTable(columns: ["pid"], rows: [["1"]]))
        }
    }

    @Test("it asks for words, never for the text of a statement")
    func words() throws {
        let statement = try #require(SessionStateSource.statement(in: SourceContext(serverVersion: 160_000)))
        let selected = try #require(statement.split(separator: " FROM ").first)
        #expect(selected == "SELECT pid, client_port, datname, usename, application_name, kind")
        for kind in SessionState.Kind.allCases { #expect(statement.contains("'\(kind.rawValue)'")) }
    }
}
