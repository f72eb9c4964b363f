/// Where the texts of this project are read.
package enum ProjectLinks {
    package static let repository = "https://github.com/poolscope/poolscope"

    package static func file(_ path: String) -> String { "\(repository)/blob/main/\(path)" }

    package static func folder(_ path: String) -> String { "\(repository)/tree/main/\(path)" }

    package static func runbook(of alert: AlertName) -> String { file("docs/runbooks/\(alert.rawValue).md") }
}
