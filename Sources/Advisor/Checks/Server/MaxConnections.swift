import Observations

/// Whether max_connections is something that the machine can bear.
enum MaxConnections: Check {
    static let id = "max-connections"
    static let group = CheckGroup.server
    static let title = "max_connections suits the machine"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.settings]
    static let explanation = """
        max_connections is a promise: each session may take work_mem at least once besides some 10 MiB of its own, and \
        all of them shared_buffers. It is a warning when that is more than the host's memory, and a remark when there \
        are more than 40 connections for each core (and more than 200): snapshots and locks cost the more, the more \
        sessions there are, and a pooler lets few serve many. Needs memory or cores of the host in the configuration.
        """

    private static let sessionBytes = 10.0 * 1024 * 1024
    private static let perCore = 40.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let connections = try server.setting("max_connections")
        guard facts.target.memoryBytes != nil || facts.target.cores != nil else {
            throw MissingFact("the configuration says neither how much memory nor how many cores the host has")
        }
        let findings = [
            try facts.target.memoryBytes.flatMap { memory throws(MissingFact) in
                try memoryFinding(server, connections, memory)
            },
            facts.target.cores.flatMap { coresFinding(connections, cores: Double($0)) },
        ].compactMap(\.self)
        let host = [
            facts.target.memoryBytes.map(CheckText.bytes), facts.target.cores.map { CheckText.count($0, "core") },
        ].compactMap(\.self).joined(separator: ", ")
        return .found(findings, orPassed: "\(CheckText.number(connections)) connections, on \(host)")
    }

    private static func memoryFinding(
        _ server: ServerFacts, _ connections: Double, _ memory: Double
    ) throws(MissingFact) -> Finding? {
        let work = try server.setting("work_mem")
        let buffers = try server.setting("shared_buffers")
        let most = buffers + connections * (work + sessionBytes)
        guard most > memory else { return nil }
        let fitting = max(20, ((memory * 0.8 - buffers) / (work + sessionBytes)).rounded(.down))
        return Finding(
            severity, subject: "memory",
            "\(CheckText.number(connections)) sessions may need \(CheckText.bytes(most)); the host has "
                + "\(CheckText.bytes(memory)).",
            evidence: [
                Evidence("max_connections", connections), Evidence("work_mem", work, .bytes),
                Evidence("shared_buffers", buffers, .bytes), Evidence("memory", memory, .bytes),
                Evidence("possible_use", most, .bytes),
            ],
            remedy: Remedy("Allow fewer (it takes a restart) and pool them, or give sessions less.")
                .adding(.sql, "ALTER SYSTEM SET max_connections = \(CheckText.number(min(connections, fitting)));"))
    }

    private static func coresFinding(_ connections: Double, cores: Double) -> Finding? {
        guard connections > max(200, cores * perCore) else { return nil }
        return Finding(
            .info, subject: "cores",
            "\(CheckText.number(connections)) connections may be open on \(CheckText.count(cores, "core")).",
            evidence: [Evidence("max_connections", connections), Evidence("cores", cores)],
            remedy: Remedy(
                "Let a pooler in transaction mode take the clients, and allow fewer here; it takes a restart."
            )
            .adding(.sql, "ALTER SYSTEM SET max_connections = \(CheckText.number(max(200, cores * perCore)));"))
    }
}
