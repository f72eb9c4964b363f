import Foundation
import Testing

@testable import Agent

/// The problems of a text, as they are printed; empty if it is a configuration.
func problems(_ text: String) -> [String] {
    do {
        _ = try ConfigurationFile.parse(text, file: "p.yml")
        return []
    } catch {
        return error.problems.map(\.description) + (error.omitted > 0 ? ["and \(error.omitted) more"] : [])
    }
}

@Suite("A configuration file that is right")
struct ConfigurationFileTests {
    @Test("every key has its effect")
    func everyKey() throws {
        let text = """
            listen: ["127.0.0.1:9719", "[::1]:9719"]
            interval: 2s
            targets:
              - name: main
                kind: postgres
                dsn: "host=db1 user=poolscope dbname=orders"
                cluster: orders
                cores: 8
                spindles: 1
                password_file: /etc/poolscope/main.password
                interval: 5s
              - name: pool
                kind: pgbouncer
                dsn: postgresql://stats@db1:6432
            """
        let configuration = try ConfigurationFile.parse(text, file: "p.yml")
        #expect(configuration.listen.map(\.description) == ["127.0.0.1:9719", "[::1]:9719"])
        #expect(configuration.interval == .seconds(2))
        #expect(configuration.targets.count == 2)
        let main = configuration.targets[0]
        #expect(main.name == "main")
        #expect(main.kind == .postgres)
        #expect(main.connection["host"] == "db1")
        #expect(main.connection["dbname"] == "orders")
        #expect(main.connection["application_name"] == "poolscope")
        #expect(main.connection["connect_timeout"] == nil)
        #expect(main.cluster == "orders")
        #expect(main.cores == 8)
        #expect(main.spindles == 1)
        #expect(main.passwordFile == "/etc/poolscope/main.password")
        #expect(main.interval == .seconds(5))
        let pool = configuration.targets[1]
        #expect(pool.name == "pool")
        #expect(pool.kind == .pgbouncer)
        #expect(pool.connection["dbname"] == "pgbouncer")
        #expect(pool.connection["application_name"] == "poolscope")
        #expect(pool.cluster == nil && pool.cores == nil && pool.spindles == nil)
        #expect(pool.passwordFile == nil && pool.interval == nil)
    }

    @Test("what is left out has its default")
    func defaults() throws {
        let configuration = try ConfigurationFile.parse("targets: [{dsn: host=db1 port=5432}]", file: "p.yml")
        #expect(configuration.listen.map(\.description) == [":9719"])
        #expect(configuration.interval == .seconds(1))
        #expect(configuration.targets.map(\.name) == ["db1:5432"])
        #expect(configuration.targets[0].kind == .postgres)
        #expect(configuration.targets[0].connection["dbname"] == nil)
    }

    @Test("what a connection string says itself is left as it is")
    func givenSettings() throws {
        let text = "targets: [{kind: pgbouncer, dsn: 'host=a dbname=stats application_name=mine'}]"
        let connection = try ConfigurationFile.parse(text, file: "p.yml").targets[0].connection
        #expect(connection["dbname"] == "stats")
        #expect(connection["application_name"] == "mine")
    }

    @Test("numbers are text where text is meant, and one address needs no list")
    func scalars() throws {
        let text = "listen: 9719\ntargets: [{name: 5, cluster: 1e3, cores: \"4\", dsn: ''}]"
        let configuration = try ConfigurationFile.parse(text, file: "p.yml")
        #expect(configuration.listen.map(\.description) == [":9719"])
        #expect(configuration.targets[0].name == "5")
        #expect(configuration.targets[0].cluster == "1e3")
        #expect(configuration.targets[0].cores == 4)
    }

    @Test("asterisks and ampersands within text are text")
    func markedText() throws {
        let text = """
            targets:
              - dsn: "host=a options='-c search_path=*' user=*x"
                cluster: 'a *b &c'
              - dsn: >
                  host=b
                  user=*y
            # *not* an alias
            """
        let targets = try ConfigurationFile.parse(text, file: "p.yml").targets
        #expect(targets[0].connection["options"] == "-c search_path=*")
        #expect(targets[0].connection["user"] == "*x")
        #expect(targets[0].cluster == "a *b &c")
        #expect(targets[1].connection["user"] == "*y")
    }

    @Test(
        "a password file is sought beside the configuration file",
        arguments: [
            ("/etc/poolscope/p.yml", "pw", "/etc/poolscope/pw"), ("conf/p.yml", "a/pw", "conf/a/pw"),
            ("p.yml", "pw", "pw"),
            ("/p.yml", "pw", "/pw"), ("conf/p.yml", "/run/pw", "/run/pw"),
        ])
    func passwordFile(file: String, written: String, path: String) throws {
        let text = "targets: [{dsn: host=a, password_file: \(written)}]"
        #expect(try ConfigurationFile.parse(text, file: file).targets[0].passwordFile == path)
    }

    @Test("targets without a name are named after what they connect to, each differently")
    func names() throws {
        let text = """
            targets:
              - dsn: host=db1 port=5432 dbname=a
              - dsn: host=db1 port=5432 dbname=b
              - dsn: host=db1 port=5432 dbname=b
              - {kind: pgbouncer, dsn: host=db1 port=5432}
              - {dsn: host=db3, name: "db2:1"}
              - dsn: postgresql://db2:1
              - dsn: postgresql://db2:1
              - dsn: host=/run/postgresql
              - dsn: user=me
              - {kind: pgbouncer, dsn: port=6432}
              - dsn: host=a,b
              - dsn: hostaddr=::1 port=5432
              - dsn: service=orders
            """
        let names = try ConfigurationFile.parse(text, file: "p.yml").targets.map(\.name)
        #expect(
            names == [
                "db1:5432", "db1:5432/b", "db1:5432/b-2", "db1:5432/pgbouncer", "db2:1", "db2:1-2", "db2:1-3",
                "/run/postgresql", "postgres", "pgbouncer:6432", "a_b", "::1:5432", "orders",
            ])
    }

    @Test("as many targets as are allowed can have the same address, a long one too")
    func manyNames() throws {
        let dsn = "host=" + String(repeating: "x", count: 200)
        let text = "targets:\n" + String(repeating: "- dsn: \(dsn)\n", count: 1_000)
        let names = try ConfigurationFile.parse(text, file: "p.yml").targets.map(\.name)
        #expect(Set(names).count == 1_000)
        #expect(names.allSatisfy { $0.utf8.count <= 63 })
        #expect(names.last?.hasSuffix("x-1000") == true)
    }
}
