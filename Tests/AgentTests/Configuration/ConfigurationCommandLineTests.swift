import Testing

@testable import Agent

/// A configuration from flags and variables.
private func configuration(
    postgres: [String] = [], pgbouncer: [String] = [], environment: [String: String] = [:], listen: [String] = [],
    interval: String? = nil
) throws(ConfigurationError) -> AgentConfiguration {
    try CommandLineTargets.configuration(
        postgres: postgres, pgbouncer: pgbouncer, dataSource: DataSourceEnvironment(environment), listen: listen,
        interval: interval)
}

@Suite("Configuration from flags and environment")
struct ConfigurationCommandLineTests {
    @Test("flags make targets with names of their own")
    func flags() throws {
        let result = try configuration(
            postgres: ["host=db1 port=5432", "postgresql://db1:5432/app"], pgbouncer: ["host=db1 port=6432 user=stats"],
            listen: ["127.0.0.1:9719", "[::1]:9719"], interval: "500ms")
        #expect(result.targets.map(\.name) == ["db1:5432", "db1:5432/app", "db1:6432"])
        #expect(result.targets.map(\.kind) == [.postgres, .postgres, .pgbouncer])
        #expect(result.targets.map { $0.connection["dbname"] } == [nil, "app", "pgbouncer"])
        #expect(result.targets.allSatisfy { $0.connection["application_name"] == "poolscope" })
        #expect(result.listen.map(\.description) == ["127.0.0.1:9719", "[::1]:9719"])
        #expect(result.interval == .milliseconds(500))
    }

    @Test("what is not given has its default")
    func defaults() throws {
        let result = try configuration(postgres: [""])
        #expect(result.targets.map(\.name) == ["postgres"])
        #expect(result.listen.map(\.description) == [":9719"])
        #expect(result.interval == .seconds(1))
    }

    @Test("everything that is wrong is told together, by flag")
    func problems() {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(
                postgres: ["host=a", "nonsense", "postgresql://["], pgbouncer: ["x"], listen: [":99999", ":1", ":1"],
                interval: "1 parsec")
        }
        #expect(
            error?.problems.map(\.description) == [
                "--postgres (2 of 3): the connection string cannot be read: "
                    + "missing \"=\" after \"…\" in connection info string",
                "--postgres (3 of 3): the connection string cannot be read: end of string reached when looking for "
                    + "matching \"…\"",
                "--pgbouncer: the connection string cannot be read: missing \"=\" after \"…\" in connection info string",
                "--listen (1 of 3): \":99999\" is not a listen address: its port is not a number from 0 to 65535; "
                    + "write it like :9719, 127.0.0.1:9719 or [::1]:9719",
                "--listen (3 of 3): :1 is there twice",
                "--interval: “1 parsec” is not a duration; write for example 500ms, 1s or 5m",
            ])
    }

    @Test(
        "without a target we say how to give one",
        arguments: [[:], ["DATA_SOURCE_NAME": ""], ["DATA_SOURCE_USER": "u"]])
    func noTarget(environment: [String: String]) {
        let error = #expect(throws: ConfigurationError.self) { try configuration(environment: environment) }
        #expect(
            error?.description
                == "there is no target; name one with --postgres, --pgbouncer, --config or DATA_SOURCE_NAME, "
                + "or run “poolscope demo” to see one")
    }

    @Test("too many of anything is a problem")
    func limits() {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(
                postgres: Array(repeating: "host=a", count: 1_001), listen: (1...17).map { ":\($0)" })
        }
        #expect(
            error?.problems.map(\.description) == [
                "there are 1001 targets; one agent watches at most 1000",
                "--listen: there are 17 addresses; at most 16 are served",
            ])
    }

    @Test(
        "DATA_SOURCE_NAME is one connection string or several URIs",
        arguments: [
            ("host=a,b port=1,2", ["host=a,b port=1,2"]),
            ("postgresql://a/x", ["postgresql://a/x"]),
            ("postgresql://a,postgresql://b", ["postgresql://a", "postgresql://b"]),
            ("postgres://a:1,b:2/x, postgresql://c,d", ["postgres://a:1,b:2/x", "postgresql://c,d"]),
            ("postgresql://a,", ["postgresql://a,"]),
            ("", []),
        ])
    func dataSourceNames(text: String, names: [String]) {
        #expect(DataSourceEnvironment(["DATA_SOURCE_NAME": text]).names == names)
    }

    @Test("the environment counts where no flag names a target")
    func environment() throws {
        let environment = ["DATA_SOURCE_NAME": "postgresql://a:1,postgresql://b:2"]
        #expect(try configuration(environment: environment).targets.map(\.name) == ["a:1", "b:2"])
        #expect(try configuration(pgbouncer: ["host=c"], environment: environment).targets.map(\.name) == ["c"])
    }

    @Test("the parts of postgres_exporter's environment make one target")
    func dataSourceParts() throws {
        var environment = [
            "DATA_SOURCE_URI": "db1:5432/app?sslmode=disable", "DATA_SOURCE_USER": "me", "DATA_SOURCE_PASS": "p@s/s:",
        ]
        let target = try configuration(environment: environment).targets[0]
        #expect(target.name == "db1:5432")
        #expect(target.connection["user"] == "me")
        #expect(target.connection["dbname"] == "app")
        #expect(target.connection["sslmode"] == "disable")
        #expect(target.connection.secrets == ["p@s/s:"])
        environment["DATA_SOURCE_PASS"] = nil
        environment["DATA_SOURCE_PASS_FILE"] = "/run/pass"
        #expect(try configuration(environment: environment).targets[0].passwordFile == "/run/pass")
    }

    @Test("what the environment says in a way we do not understand is told")
    func dataSourceProblems() {
        let error = #expect(throws: ConfigurationError.self) {
            try configuration(environment: ["DATA_SOURCE_URI": "h", "DATA_SOURCE_USER_FILE": "/u"])
        }
        #expect(
            error?.description
                == "DATA_SOURCE_USER_FILE: is not supported; use DATA_SOURCE_USER, or password_file in a file for --config"
        )
        let twice = #expect(throws: ConfigurationError.self) {
            try configuration(environment: ["DATA_SOURCE_URI": "u:hunter2-SECRET@h", "DATA_SOURCE_PASS_FILE": "/p"])
        }
        #expect(twice?.description == "DATA_SOURCE_PASS_FILE: there is a password besides it; keep one of the two")
    }
}
