import Observations

/// Settings of the server that are words, not numbers. Read for `poolscope check` alone: no collector needs them.
package enum SettingWordsSource: Source {
    package static let name = "setting_words"
    package static let cadence = Cadence.every(.seconds(60))

    /// `shared_preload_libraries` is there only for roles with pg_read_all_settings.
    private static let settings = [
        "compute_query_id", "shared_preload_libraries", "ssl", "password_encryption", "default_transaction_isolation",
    ]

    package static func statement(in context: SourceContext) -> String? {
        let names = settings.map { "'\($0)'" }.joined(separator: ", ")
        return "SELECT name::text, setting FROM pg_catalog.pg_settings WHERE name IN (\(names))"
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [String: String] {
        let name = try table.required("name")
        let setting = try table.required("setting")
        var words: [String: String] = [:]
        for row in 0..<table.rowCount {
            if let name = name.text(row), let word = setting.text(row) { words[name] = word }
        }
        return words
    }
}
