import Observations

/// Whether all pools together fit into the server.
enum PoolSizeFitsSlots: Check {
    static let id = "pool-size-fits-slots"
    static let group = CheckGroup.checklist
    static let title = "All pools together fit into the server's slots"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.settings, .sessions]
    static let explanation = """
        A pool's size holds for one database and user of one PgBouncer; the server sees the sum over all of them, \
        reserves included, and direct clients besides. Where that is more than the usable slots (max_connections without \
        the reserved ones), a busy hour ends in “too many clients”. Judged over the watched poolers of the same cluster; \
        critical when more than 90 % of the slots are in use already.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        guard facts.servers.isEmpty else {
            throw MissingFact("the cluster has several servers, and which pool leads to which cannot be seen")
        }
        let demand = try PoolDemand(try facts.anyPoolers())
        let usable = try server.usableSlots()
        let survey = try server.sessions.get()
        let direct = survey.current - survey.count(\.pooled)
        let wanted = demand.connections + Double(direct)
        let evidence = [
            Evidence("pool_connections_possible", demand.connections), Evidence("direct_sessions", direct),
            Evidence("usable_slots", usable), Evidence("sessions", survey.current),
        ]
        if !demand.unlimited.isEmpty {
            return .found([unlimited(demand.unlimited, usable: usable, evidence)])
        }
        guard wanted > usable else {
            return .passed(
                "pools may open \(CheckText.number(demand.connections)), direct sessions are \(direct), of "
                    + "\(CheckText.number(usable)) usable slots")
        }
        // What is needed is said where all of it was measured: a part would mislead.
        let loads = facts.poolers.values.map { bouncer in try? MeasuredLoad(bouncer.load) }
        let needed = loads.contains { $0 == nil } ? nil : loads.compactMap { $0?.need }.reduce(0, +)
        return .found([tooMany(demand, wanted: wanted, usable: usable, used: survey.current, needed: needed, evidence)])
    }

    private static func unlimited(_ pools: [String], usable: Double, _ evidence: [Evidence]) -> Finding {
        Finding(
            severity, "Pools without any limit: \(CheckText.list(pools.map(CheckText.name))).", evidence: evidence,
            remedy: Remedy("Give pools a size; 0 means none.")
                .adding(
                    .ini, "default_pool_size = 20", "max_db_connections = \(CheckText.number(usable.rounded(.down)))"))
    }

    private static func tooMany(
        _ demand: PoolDemand, wanted: Double, usable: Double, used: Int, needed: Double?, _ evidence: [Evidence]
    ) -> Finding {
        let pools = demand.parts.reduce(0) { $0 + $1.pools }
        let parts = demand.parts.map { "\($0.pooler)/\($0.database) \(CheckText.number($0.connections))" }
        let forPools = max(1, ((usable * 0.9 - (wanted - demand.connections)) / Double(max(1, pools))).rounded(.down))
        return Finding(
            Double(used) > usable * 0.9 ? .critical : severity,
            "The pools may open \(CheckText.number(demand.connections)) connections, and with direct sessions "
                + "\(CheckText.number(wanted)) are wanted of \(CheckText.number(usable)) usable slots: "
                + "\(CheckText.list(parts))."
                + (needed.map { " The measured load needs \(CheckText.number($0)) in all pools." } ?? ""),
            evidence: evidence + (needed.map { [Evidence("load_needs", $0)] } ?? []),
            remedy: Remedy(
                "Make pools smaller, or bound a database's with max_db_connections; poolscope size says what is enough. "
                    + "With \(CheckText.count(pools, "pool")), so many each leave a tenth of the slots free."
            ).adding(.ini, "default_pool_size = \(CheckText.number(forPools))"))
    }
}
