/// Which statements a session has left on its server, to be planned once and not each time. Pure.
///
/// A statement has a place; when another takes the place, the one before is to be removed, so that statements whose
/// text changes do not pile up. One that comes for the first time is not kept: most that change never come again.
struct KeptPlans {
    /// What is to be done to run a statement.
    enum Step: Equatable {
        case runUnnamed
        /// Keep it under this name, then run it.
        case prepare(String)
        case run(String)
    }

    private enum Phase: Equatable {
        case seen
        /// Sent to the server; what came of it is not known yet.
        case sent(String)
        case kept(String)

        var name: String? {
            switch self {
            case .seen: nil
            case .sent(let name), .kept(let name): name
            }
        }
    }

    private struct Place {
        let sql: String
        var phase = Phase.seen
    }

    /// The most places; statements beyond them are not kept.
    static let limit = 32

    private var places: [String: Place] = [:]
    /// Something between us and the server did not find again, or had already, what we kept: nothing is kept any more.
    private(set) var isOff = false
    private var made = 0

    /// The name that must be removed from the server before this statement is run: that of the one before in its place,
    /// or its own, when what came of keeping it was never told.
    mutating func outdated(by sql: String, in place: String) -> String? {
        guard let known = places[place] else { return nil }
        if known.sql == sql, case .kept = known.phase { return nil }
        guard let name = known.phase.name else { return nil }
        places[place] = nil
        return name
    }

    /// What to do to run the statement now.
    mutating func step(for sql: String, in place: String) -> Step {
        guard !isOff else { return .runUnnamed }
        guard let known = places[place], known.sql == sql else {
            if places[place] != nil || places.count < Self.limit { places[place] = Place(sql: sql) }
            return .runUnnamed
        }
        if case .kept(let name) = known.phase { return .run(name) }
        made += 1
        let name = "poolscope_\(made)"
        places[place]?.phase = .sent(name)
        return .prepare(name)
    }

    /// The server has kept what `step` said.
    mutating func isKept(in place: String) {
        guard case .sent(let name) = places[place]?.phase else { return }
        places[place]?.phase = .kept(name)
    }

    /// The server did not keep it, or did not run what it had kept.
    /// - Returns: Whether the statement is to be run unnamed instead: the fault was in the keeping, not in the statement.
    mutating func failed(in place: String, with state: SQLState?) -> Bool {
        switch state {
        case SQLState.invalidStatementName, SQLState.duplicateStatementName:
            isOff = true
            places = [:]
            return true
        case SQLState.featureNotSupported:
            // “cached plan must not change result type”: an extension was updated, say. To be removed next time.
            guard let name = places[place]?.phase.name else { return false }
            places[place]?.phase = .sent(name)
            return true
        default:
            // Not kept, or kept and failed for a reason of its own.
            if case .sent = places[place]?.phase { places[place]?.phase = .seen }
            return false
        }
    }
}
