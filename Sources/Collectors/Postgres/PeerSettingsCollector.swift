import Exposition
import Observations

/// Numeric and boolean settings as `pg_settings_<name>[_<unit>]`, as postgres_exporter names them.
package struct PeerSettingsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let sources: [any Source.Type] = [SettingsSource.self]

    /// Stands for all of them in the catalogue: the names are the server's.
    package static let families = [
        FamilyDescriptor(
            "pg_settings_*", .gauge,
            help: "One family for each numeric or boolean setting of the server, in seconds or bytes where it has a "
                + "unit; -1 stays -1. The value is what a new session of Poolscope's role and database starts with: see "
                + "poolscope_timeout_seconds for the time-outs of others.")
    ]

    /// The names are made where settings are read, twice a minute, not at every tick.
    private var settings: [(family: FamilyDescriptor, value: Double)] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        settings = (facts[SettingsSource.self] ?? []).map { (Self.family(of: $0), $0.value) }
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for setting in settings { builder.add(setting.family, .none, setting.value) }
    }

    static func family(of setting: ServerSetting) -> FamilyDescriptor {
        let name = String(setting.name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let unit = setting.unit == .none ? nil : setting.unit.rawValue
        return FamilyDescriptor(
            "pg_settings_\(name)" + (unit.map { "_\($0)" } ?? ""), .gauge, unit: unit,
            help: "Server parameter \(setting.name): \(setting.description)")
    }
}
