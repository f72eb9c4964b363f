/// A file of the repository that is written by this target: a dashboard, a rule file, an example.
///
/// The generated files are committed, since people copy them as they are; a test compares the two.
package struct GeneratedFile: Hashable, Sendable {
    /// From the root of the repository, e.g. `alerts/poolscope.yml`.
    package let path: String
    package let text: String

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// Everything that is generated. A new dashboard or rule file is one line here.
package enum GeneratedFiles {
    package static let dashboards = Dashboards.files

    package static let alerts: [GeneratedFile] = [
        AlertRules.file.generated,
        PeerRules.file.generated,
        AlertmanagerExample.file,
    ]

    package static var all: [GeneratedFile] { dashboards + alerts }
}
