import Observations

/// The server's numeric and boolean settings, in base units.
package enum SettingsSource: Source {
    package static let name = "settings"
    package static let cadence = Cadence.every(.seconds(30))

    package static func statement(in context: SourceContext) -> String? {
        // Bounded: extensions may add settings without end.
        // What our session has set for itself (time-outs, read-only) is none of the server's settings: for these,
        // reset_val is what a new session of our role in our database starts with.
        """
        SELECT name, CASE WHEN source = 'session' OR name = 'transaction_read_only' THEN reset_val ELSE setting END \
        AS setting, unit, vartype, short_desc FROM pg_catalog.pg_settings \
        WHERE vartype IN ('bool', 'integer', 'real') ORDER BY name LIMIT 1000
        """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [ServerSetting] {
        let name = try table.required("name")
        let setting = try table.required("setting")
        let unit = table.column("unit")
        let type = table.column("vartype")
        let description = table.column("short_desc")
        return (0..<table.rowCount).compactMap { row in
            guard let name = name.text(row), let text = setting.text(row) else { return nil }
            if type.text(row) == "bool" {
                return ServerSetting(
                    name: name, value: text == "on" ? 1 : 0, unit: .none, description: description.text(row) ?? "")
            }
            guard let number = Double(text) else { return nil }
            let (value, base) = SettingUnit.normalize(number, unit: unit.text(row) ?? "")
            return ServerSetting(name: name, value: value, unit: base, description: description.text(row) ?? "")
        }
    }
}

/// The units of `pg_settings.unit`.
enum SettingUnit {
    /// A setting in base units. −1 and −2 mean “off” or “default” and are not scaled.
    static func normalize(_ number: Double, unit: String) -> (value: Double, unit: ServerSetting.Unit) {
        guard let (factor, base) = factor(of: unit) else { return (number, .none) }
        return (number < 0 ? number : number * factor, base)
    }

    private static func factor(of unit: String) -> (Double, ServerSetting.Unit)? {
        switch unit {
        case "us": return (0.000_001, .seconds)
        case "ms": return (0.001, .seconds)
        case "s": return (1, .seconds)
        case "min": return (60, .seconds)
        case "h": return (3600, .seconds)
        case "d": return (86_400, .seconds)
        default: return bytes(in: unit).map { ($0, .bytes) }
        }
    }

    /// `B`, `kB`, `8kB` (a block), `16MB` (a WAL segment), …
    private static func bytes(in unit: String) -> Double? {
        let digits = unit.prefix { $0.isNumber }
        let count = digits.isEmpty ? 1 : Double(digits) ?? 1
        switch unit.dropFirst(digits.count) {
        case "B": return count
        case "kB": return count * 1024
        case "MB": return count * 1024 * 1024
        case "GB": return count * 1024 * 1024 * 1024
        case "TB": return count * 1024 * 1024 * 1024 * 1024
        default: return nil
        }
    }
}
