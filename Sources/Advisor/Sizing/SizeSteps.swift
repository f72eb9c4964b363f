/// Says in sentences how a size came about.
struct SizeSteps {
    private let report: SizeReport
    private var request: SizeRequest { report.request }

    init(_ report: SizeReport) {
        self.report = report
    }

    var all: [SizeStep] { formula + load + need + limits + notes }

    private var formula: [SizeStep] {
        guard let formula = request.formula else {
            return [
                SizeStep(
                    .formula,
                    "the cores of the server cannot be seen over SQL: give --cores, or how much it can do at the same time "
                        + "stays out of account")
            ]
        }
        let spindles = SizeText.count(formula.spindles, "effective spindle")
        let assumed = formula.assumesSpindles ? " (assumed: an SSD; give --spindles)" : ""
        var steps = [
            SizeStep(
                .formula,
                "\(SizeText.count(formula.cores, "core")) × 2 + \(spindles) = \(formula.connections)\(assumed)")
        ]
        if let working = report.measurement?.workingShare, let ceiling = report.ceiling, ceiling > formula.connections {
            steps.append(
                SizeStep(
                    .formula,
                    "connections are at work for \(SizeText.percent(working)) of the time that they are held, else their "
                        + "clients are: \(ceiling) of them keep the server as busy as \(formula.connections)"))
        }
        return steps
    }

    private var load: [SizeStep] {
        guard let load = report.measurement else { return [] }
        let noun = load.holder.rawValue
        var steps: [SizeStep] = []
        if let rate = load.arrivalRate {
            let counted = load.arrivals.map { " (\(SizeText.whole($0)) in \(SizeText.duration(load.window)))" } ?? ""
            steps.append(SizeStep(.load, "\(SizeText.number(rate)) \(noun)s a second\(counted)"))
        }
        if let time = load.serviceTime {
            steps.append(SizeStep(.load, "each holds a connection for \(SizeText.duration(time)) on average"))
        }
        let evenly = load.origin != .pgbouncer && report.pools.count * request.poolers > 1
        let each = evenly ? report.pools.first?.line.map(\.load) : nil
        steps.append(
            SizeStep(
                .load,
                "so \(SizeText.number(load.load)) connections are in use at the same time"
                    + (each.map { ", \(SizeText.number($0)) in the most used pool" } ?? "")))
        if let busiest = load.busiest, busiest > load.load * 1.1 {
            let part = SizeText.duration(load.window / Double(load.parts.count))
            steps.append(SizeStep(.load, "in the busiest \(part): \(SizeText.number(busiest))"))
        }
        return steps
    }

    private var need: [SizeStep] {
        guard let pool = report.pools.first, let needed = pool.needed else { return [] }
        let wanted = SizeText.percent(request.waitProbability)
        let subject = report.pools.count > 1 ? "the most used pool with" : "a pool of"
        var steps = [
            SizeStep(.need, "\(subject) \(needed.connections): \(waits(needed)); wanted: at most \(wanted)")
        ]
        if needed.connections > 1,
            let fewer = try? WaitingLine(load: needed.load, connections: needed.connections - 1)
        {
            steps.append(SizeStep(.need, "with \(fewer.connections): \(waits(fewer))"))
        }
        if let line = pool.line, line.connections < needed.connections {
            steps.append(SizeStep(.need, afterLimits(line)))
        } else if pool.connections > needed.connections {
            steps.append(
                SizeStep(
                    .need, "\(pool.connections) at least: a pool of one stands still behind a single slow transaction"))
        }
        return steps
    }

    private func waits(_ line: WaitingLine) -> String {
        guard line.isStable else { return "everybody waits, longer and longer" }
        let share = SizeText.percent(line.waitProbability) + " wait"
        guard let time = report.measurement?.serviceTime else { return share }
        return "\(share), the average wait of all is \(SizeText.duration(line.meanWait(serviceTime: time)))"
    }

    /// What the limits of the server make of the need.
    private func afterLimits(_ line: WaitingLine) -> String {
        guard line.isStable else {
            return
                "the server has room for \(line.connections), and \(SizeText.number(line.load)) would be in use: the "
                + "queue grows without end; shorten what holds connections, or give it a larger server"
        }
        return "the server has room for \(line.connections): \(waits(line)); the pooler is where waiting is cheap"
    }

    private var limits: [SizeStep] {
        var steps: [SizeStep] = []
        if let slots = report.slots {
            steps.append(
                SizeStep(
                    .limit,
                    "\(slots.usable) usable slots of the server, less \(slots.spare) for people, migrations and monitoring: "
                        + "\(slots.forPools)"))
        } else if report.measurement != nil, report.measurement?.origin != .given {
            steps.append(SizeStep(.limit, "the slots of the server are not known: give --postgres as well"))
        }
        if let share = report.share {
            let poolers =
                request.poolers > 1
                ? "the pools of each of \(request.poolers) poolers may have" : "all pools together may have"
            let asked = report.pools.reduce(0) { $0 + max($1.needed?.connections ?? 0, SizeRequest.leastPool) }
            let tight = report.measurement != nil && asked > share ? ", of \(asked) needed" : ""
            steps.append(SizeStep(.limit, "\(poolers) \(share) connections at most\(tight)"))
            let least = report.pools.reduce(0) { $0 + $1.connections }
            if least > share {
                steps.append(
                    SizeStep(
                        .limit,
                        "\(report.pools.count) pools have one connection each and exceed that: use fewer users or databases"
                    ))
            }
        }
        return steps
    }

    private var notes: [SizeStep] {
        guard report.measurement != nil else { return [] }
        return [
            SizeStep(
                .note,
                "the model takes arrivals to come at random and times to vary as chance has it (M/M/c): bursts wait longer"
            )
        ]
    }
}
