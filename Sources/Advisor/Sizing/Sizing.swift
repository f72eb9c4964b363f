/// From what is asked and known to a recommendation.
package enum Sizing {
    /// - Throws: When there is nothing to go by, or a load that cannot be calculated with.
    package static func report(
        _ request: SizeRequest, measurement: LoadMeasurement? = nil, slots: SlotBudget? = nil
    ) throws(SizingError) -> SizeReport {
        guard request.formula != nil || measurement != nil else {
            throw SizingError(
                "there is nothing to size by: give --cores, or a target (--pgbouncer, --postgres, --config), or "
                    + "--arrival-rate with --service-time")
        }
        let ceiling = request.formula.map { Self.ceiling($0, workingShare: measurement?.workingShare) }
        let limit = [ceiling, slots?.forPools].compactMap(\.self).min()
        let share = limit.map { max(1, $0 / request.poolers) }
        let pools =
            try measurement.map { measurement throws(SizingError) in
                try sized(loads(of: measurement, request), within: share, request)
            } ?? even(share ?? 1, request)
        var report = SizeReport(
            request: request, measurement: measurement, slots: slots, ceiling: ceiling, share: share, pools: pools,
            steps: [], confidence: measurement.map(SizeConfidence.init) ?? .ofFormula)
        report.steps = SizeSteps(report).all
        return report
    }

    /// More connections than the formula says keep a server no busier, if each is at work all the time; where clients
    /// hold them idle for a part of it, so many more.
    static func ceiling(_ formula: SizingFormula, workingShare: Double?) -> Int {
        Int(Double(formula.connections) / (workingShare ?? 1))
    }

    /// The loads of one pooler's pools.
    private static func loads(of measurement: LoadMeasurement, _ request: SizeRequest) -> [LoadMeasurement.Pool] {
        // PgBouncer's counters are this pooler's own, by pool.
        if measurement.origin == .pgbouncer { return measurement.pools }
        let poolers = Double(request.poolers)
        guard measurement.origin == .given || request.pools != nil else {
            return measurement.pools.map { .init(key: $0.key, load: $0.load / poolers) }
        }
        let count = request.pools ?? 1
        let key = PoolKey(database: measurement.pools.count == 1 ? measurement.pools[0].key.database : "")
        return Array(repeating: .init(key: key, load: measurement.load / poolers / Double(count)), count: count)
    }

    private static func sized(
        _ loads: [LoadMeasurement.Pool], within share: Int?, _ request: SizeRequest
    ) throws(SizingError) -> [PoolSize] {
        var needed: [WaitingLine] = []
        for pool in loads {
            // The least load that is told from none.
            needed.append(
                try WaitingLine.smallest(load: max(pool.load, 1e-9), waitProbability: request.waitProbability))
        }
        let sizes = fit(needed.map { max($0.connections, SizeRequest.leastPool) }, within: share)
        var result: [PoolSize] = []
        for (index, pool) in loads.enumerated() {
            let line = try WaitingLine(load: needed[index].load, connections: sizes[index])
            result.append(PoolSize(key: pool.key, needed: needed[index], connections: sizes[index], line: line))
        }
        return result
    }

    /// A share of the machine over pools of which nothing is known.
    private static func even(_ share: Int, _ request: SizeRequest) -> [PoolSize] {
        let count = request.pools ?? 1
        return Array(
            repeating: PoolSize(
                key: PoolKey(database: ""), needed: nil, connections: max(1, share / count), line: nil), count: count)
    }

    /// The sizes, reduced in proportion where together they exceed the limit; no pool is left without a connection.
    static func fit(_ sizes: [Int], within limit: Int?) -> [Int] {
        let sum = sizes.reduce(0, +)
        guard let limit, sum > limit else { return sizes }
        var fitted = sizes.map { max(1, $0 * limit / sum) }
        // What rounding down has left goes to those that lack most.
        var rest = limit - fitted.reduce(0, +)
        for index in sizes.indices.sorted(by: { sizes[$0] - fitted[$0] > sizes[$1] - fitted[$1] })
        where rest > 0 && fitted[index] < sizes[index] {
            fitted[index] += 1
            rest -= 1
        }
        // What the least of one connection each has cost is taken from the largest.
        while rest < 0, let largest = fitted.indices.max(by: { fitted[$0] < fitted[$1] }), fitted[largest] > 1 {
            fitted[largest] -= 1
            rest += 1
        }
        return fitted
    }
}
