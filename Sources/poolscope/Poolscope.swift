import ArgumentParser

@main
enum Main {
    static func main() async {
        StandardStreams.prepare()
        await Poolscope.main()
    }
}

struct Poolscope: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poolscope",
        abstract: "Prometheus exporter for PostgreSQL connections and connection pools.",
        discussion: """
            Samples pg_stat_activity and PgBouncer's console every second and serves /metrics.

            Try it on a private throwaway server:   poolscope demo
            Watch your own:                         poolscope serve --help
            See who holds the connections:          poolscope sessions --help
            """,
        version: PoolscopeVersion.current,
        subcommands: [
            ServeCommand.self, CheckCommand.self, SizeCommand.self, SessionsCommand.self, CancelCommand.self,
            TerminateCommand.self,
            DrainCommand.self, DemoCommand.self, RecordCommand.self, ReplayCommand.self, ConfigCommand.self,
            CatalogCommand.self,
        ])
}

/// The version that `--version`, the landing page and `poolscope_build_info` give.
enum PoolscopeVersion {
    static let current = "0.1.0"
}
