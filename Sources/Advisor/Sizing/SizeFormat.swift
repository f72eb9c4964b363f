/// One way to print a size: for people, for programs, or as the settings of one kind of pool.
package struct SizeFormat: Sendable {
    /// The value of `--format`.
    package let name: String
    /// The text, without a line feed at its end.
    package let render: @Sendable (SizeReport) -> String

    package init(_ name: String, render: @escaping @Sendable (SizeReport) -> String) {
        self.name = name
        self.render = render
    }
}

/// All formats. A new one is one file and one line here.
package enum SizeFormats {
    package static let all: [SizeFormat] = [
        .text, .json, .pgbouncer, .nodePg, .pgxpool, .psycopg, .hikaricp, .sqlalchemy, .supabase, .postgres,
    ]

    package static func named(_ name: String) -> SizeFormat? { all.first { $0.name == name } }
}
