import Advisor
import Observations

/// Whose load is measured and whose slots count, for `poolscope size`.
package struct SizeTargets: Sendable {
    /// Where the load is measured, if there is one.
    package var pgbouncer: TargetConfiguration?
    /// Whose slots count; where there is no PgBouncer, its load is measured.
    package var postgres: TargetConfiguration?

    /// The machine's cores and spindles, as the configuration has them.
    package var cores: Int? { postgres?.cores ?? pgbouncer?.cores }
    package var spindles: Int? { postgres?.spindles ?? pgbouncer?.spindles }

    /// Those of a configuration that are named; without a name, its only ones. To a PgBouncer that is named alone comes
    /// the server of its cluster, if that has one.
    /// - Throws: When a name is not there, or it is not clear which ones are meant.
    package init(in configuration: AgentConfiguration, named names: [String]) throws(SizingError) {
        let targets = configuration.targets
        let known = targets.map(\.name).prefix(20).joined(separator: ", ")
        for name in names where !targets.contains(where: { $0.name == name }) {
            throw SizingError("--target: the configuration has no target “\(name)”; it has: \(known)")
        }
        let chosen = names.isEmpty ? targets : targets.filter { names.contains($0.name) }
        for kind in TargetKind.allCases where chosen.count(where: { $0.kind == kind }) > 1 {
            throw SizingError(
                "--target: a size is for one server and one pooler, and there are several of kind \(kind.rawValue): name "
                    + "one of \(known)")
        }
        pgbouncer = chosen.first { $0.kind == .pgbouncer }
        postgres = chosen.first { $0.kind == .postgres }
        if postgres == nil, let cluster = pgbouncer?.cluster {
            let servers = targets.filter { $0.kind == .postgres && $0.cluster == cluster }
            if servers.count == 1 { postgres = servers.first }
        }
    }
}
