/// Writes libpq connection strings in their key=value form.
enum Conninfo {
    /// Joins keywords and values; those whose value is nil are left out.
    static func text(_ settings: [(keyword: String, value: String?)]) -> String {
        settings.compactMap { keyword, value in value.map { "\(keyword)=\(quoted($0))" } }.joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\\") }
        if isPlain { return value }
        let escaped = value.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "'\(String(escaped))'"
    }
}
