import Observations

/// What a machine can use and what its measured load needs: over all poolers before it, or, where there is none, by its
/// own counters.
struct ServerUse {
    private struct Part {
        /// Empty for the server's own counters.
        let pooler: String
        let load: MeasuredLoad
    }

    let formula: SizingFormula
    private let parts: [Part]
    /// Why the load is not part of it; nil where it is.
    let reasonUnmeasured: String?

    /// - Throws: `MissingFact` when the cores are not known.
    init(_ facts: CheckFacts) throws(MissingFact) {
        guard let cores = facts.target.cores,
            let formula = try? SizingFormula(cores: cores, spindles: facts.target.spindles)
        else { throw MissingFact("the number of cores is not known") }
        self.formula = formula
        var parts: [Part] = []
        var reason: String?
        let loads =
            facts.poolers.isEmpty
            ? [("", try facts.server.get().load)]
            : facts.poolers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.load) }
        for (name, load) in loads {
            do throws(MissingFact) {
                let measured = try MeasuredLoad(load)
                guard measured.confidence.level > .low else {
                    throw MissingFact(measured.confidence.reasons.first ?? "the load was measured too roughly")
                }
                parts.append(Part(pooler: name, load: measured))
            } catch {
                reason = reason ?? (name.isEmpty ? error.reason : "\(CheckText.name(name)): \(error.reason)")
            }
        }
        self.parts = parts
        reasonUnmeasured = parts.isEmpty ? reason : nil
    }

    var isMeasured: Bool { !parts.isEmpty }

    /// Connections that all pools need together, as far as it was measured.
    var need: Double? { isMeasured ? parts.reduce(0) { $0 + $1.load.need } : nil }

    /// The share of the held time in which connections are at work; nil where it is not known of all.
    var workingShare: Double? {
        let shares = parts.compactMap { part in part.load.load.workingShare.map { (part.load.load.load, $0) } }
        let held = shares.reduce(0) { $0 + $1.0 }
        guard isMeasured, shares.count == parts.count, held > 0 else { return nil }
        return shares.reduce(0) { $0 + $1.0 * $1.1 } / held
    }

    /// Connections with which the machine is as busy as it can be.
    var ceiling: Double { Double(Sizing.ceiling(formula, workingShare: workingShare)) }

    var evidence: [Evidence] {
        var evidence = [
            Evidence("cores", formula.cores), Evidence("spindles", formula.spindles),
            Evidence("formula", formula.connections),
            Evidence("judged_by", text: isMeasured ? "measured load" : "formula"),
        ]
        guard let need else { return evidence }
        evidence += [Evidence("ceiling", ceiling), Evidence("load_needs", need)]
        if parts.count == 1 { return evidence + parts[0].load.evidence }
        evidence.append(Evidence("connections_in_use", parts.reduce(0) { $0 + $1.load.load.load }))
        return evidence
    }

    /// What the machine can use, as a sentence without its stop.
    var machine: String {
        let sum = "\(CheckText.count(formula.cores, "core")) × 2 + \(CheckText.count(formula.spindles, "spindle"))"
        guard let workingShare, ceiling > Double(formula.connections) else {
            return "this machine can use about \(formula.connections) (\(sum))"
        }
        return
            "this machine can use about \(CheckText.number(ceiling)) (\(sum) = \(formula.connections), and connections "
            + "are at work for \(CheckText.percent(workingShare)) of the time that they are held)"
    }

    /// What the load needs, or why that is not known.
    var load: String {
        guard let need else { return "the load is not known: \(reasonUnmeasured ?? "it was not measured")" }
        let origins = parts.map { part in
            (parts.count > 1 ? "\(CheckText.name(part.pooler)) " : "") + "\(part.load.sentence), \(part.load.origin)"
        }
        return "the load needs \(CheckText.number(need)): \(CheckText.list(origins, limit: 3))"
    }

    /// The sizes that pools ought to have: by the load, within the machine and the slots, where it was measured, else
    /// even shares of the formula. Of one pooler.
    func sizes(of pools: [BouncerPools.Pool], pooler: String, of count: (poolers: Int, pools: Int), slots: Double?)
        -> [Double]
    {
        let even = max(Double(SizeRequest.leastPool), (ceiling / Double(max(1, count.pools))).rounded(.down))
        guard let part = parts.first(where: { $0.pooler == pooler }) else { return pools.map { _ in even } }
        let report = try? Sizing.report(
            SizeRequest(formula: formula, poolers: min(max(1, count.poolers), SizeRequest.countBounds.upperBound)),
            measurement: part.load.load, slots: slots.map { SlotBudget(usable: Int(max(0, min($0, 1_000_000)))) })
        guard let report else { return pools.map { _ in even } }
        return pools.map { pool in
            let size = report.pools.first { $0.key == PoolKey(database: pool.row.database, user: pool.row.user) }
            return Double(max(size?.connections ?? 0, SizeRequest.leastPool))
        }
    }
}
