import Collectors
import Observations
import Sessions
import TestSupport
import Testing

@testable import Sessions

@Suite("A pooler's databases that lead to the drained one")
struct PooledDatabaseTests {
    private func entry(_ name: String, _ target: String, host: String = "10.0.0.1", paused: Double = 0)
        -> PgBouncerDatabase
    {
        PgBouncerDatabase(
            name: name, host: host, port: "5432", database: target, forceUser: "", poolMode: "",
            numbers: ["paused": paused, "disabled": 0])
    }

    private func pool(_ database: String, _ user: String, active: Double, waiting: Double, idle: Double)
        -> PgBouncerPool
    {
        PgBouncerPool(
            database: database, user: user, poolMode: "transaction",
            numbers: ["cl_active": active, "cl_waiting": waiting, "sv_active": active, "sv_idle": idle])
    }

    private func all(_ databases: [PgBouncerDatabase], _ pools: [PgBouncerPool] = []) -> [PooledDatabase] {
        PooledDatabase.all(of: "front", leadingTo: "shop", databases: databases, pools: pools)
    }

    @Test("they are found by where they lead to, whatever clients call them, and count all their pools")
    func found() {
        let found = all(
            [entry("shop", "other"), entry("app", "shop"), entry("x", ""), entry("shop2", "shop", paused: 1)],
            [
                pool("app", "web", active: 3, waiting: 2, idle: 1), pool("app", "jobs", active: 1, waiting: 0, idle: 0),
                pool("shop", "web", active: 50, waiting: 0, idle: 0),
            ])
        #expect(found.map(\.name) == ["app", "shop2"])
        #expect(found[0].clients == 6 && found[0].waiting == 2 && found[0].servers == 5)
        #expect(
            found[0].line
                == "pooler front: app (10.0.0.1:5432) holds 6 clients, 2 of them waiting, and 5 server connections")
        #expect(found[1].isPaused && found[1].line.contains("(10.0.0.1:5432, paused) holds 0 clients"))
        #expect(all([entry("shop", "")]).map(\.name) == ["shop"], "without dbname= it is the same name")
    }

    @Test("the console's commands are told with the name as the console takes it")
    func advice() {
        #expect(all([entry("app", "shop")])[0].advice[0].contains("PAUSE app; after the restore RESUME app;"))
        #expect(all([entry("My app", "shop")])[0].advice[1].contains("DISABLE \"My app\";"))
        #expect(
            all([entry("app", "shop", paused: 1)])[0].advice == [
                "on its console, after the restore: RESUME app; (--restore --resume-poolers does it)"
            ])
        #expect(all([entry("app", "shop", host: "")])[0].line.contains("(unix socket, port 5432)"))
    }

    @Test("what versions of PgBouncer answer is understood", arguments: BouncerFixture.all)
    func versions(fixture: BouncerFixture) throws {
        let found = PooledDatabase.all(
            of: "front", leadingTo: "orders", databases: try BouncerDatabasesSource.decode(fixture.databases),
            pools: try BouncerPoolsSource.decode(fixture.pools))
        #expect(found.map(\.name) == ["app"])
        #expect(found.first?.clients == 7 && found.first?.waiting == 4 && found.first?.servers == 5)
        #expect(found.first?.isPaused == false)
    }
}
