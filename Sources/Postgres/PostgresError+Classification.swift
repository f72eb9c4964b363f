/// From the words and SQLSTATEs of servers, poolers and libpq to a kind of error. Pure.
///
/// libpq's own words are English because the process never calls `setlocale`; the server's may be in any language, so
/// that its SQLSTATE is looked at first.
extension PostgresError {
    /// Why a connection could not be made.
    ///
    /// - Parameters:
    ///   - message: As `PQerrorMessage` has it with verbosity `PQERRORS_VERBOSE`: one or several lines for each host
    ///     tried.
    ///   - secrets: Removed from the message.
    static func connecting(_ message: String, secrets: [String]) -> PostgresError {
        var lines: [String] = []
        // Which function of the server reported the attempt on the line before.
        var routines: [String: String] = [:]
        for line in message.scrubbed(of: secrets).split(whereSeparator: \.isNewline).map(String.init) {
            if let routine = routine(inLine: line), let last = lines.last { routines[last] = routine }
            // Indented lines are libpq's conjectures ("This probably means the server terminated abnormally").
            if line.hasPrefix("\t") || line.hasPrefix("LOCATION:") || lines.contains(line) { continue }
            lines.append(line)
        }
        let attempts = lines.filter { line in
            !["DETAIL:", "HINT:", "CONTEXT:", "QUERY:"].contains(where: line.hasPrefix)
        }
        let verdicts = attempts.map { verdict(onAttempt: $0, routine: routines[$0]) }
        guard let best = verdicts.min(by: { $0.rank < $1.rank }) else {
            return PostgresError(kind: .disconnected, message: "libpq gave no reason")
        }
        let words = lines.map { $0.replacing(#/:  [0-9A-Z]{5}: /#, with: ": ") }.joined(separator: "; ")
        return PostgresError(kind: best.kind, sqlState: best.sqlState, message: words, fullLimit: best.fullLimit)
    }

    /// Why a statement failed.
    ///
    /// - Parameters:
    ///   - severity: Not localized ("ERROR", "FATAL", "PANIC"); nil when libpq itself reports the error.
    ///   - isConnected: Whether libpq still holds the connection for good.
    static func statement(
        severity: String?, sqlState: SQLState?, message: String, isConnected: Bool
    ) -> PostgresError {
        let isFatal = severity == "FATAL" || severity == "PANIC" || !isConnected
        let kind: Kind
        if isFatal {
            let told = sqlState.flatMap { self.kind(of: $0, saying: message) } ?? .disconnected
            kind = told.losesSession ? told : .disconnected
        } else if sqlState == .insufficientPrivilege || isConsoleRefusal(sqlState, message) {
            kind = .permissionDenied
        } else {
            // Also a plain ERROR of class 08: PgBouncer's console gives 08P01 for a wrong command, dblink 08001.
            kind = .statementFailed
        }
        let fullLimit = kind == .tooManyConnections ? fullLimit(saying: message, routine: nil) : nil
        return PostgresError(kind: kind, sqlState: sqlState, message: message, fullLimit: fullLimit)
    }

    private struct Verdict {
        let kind: Kind
        let sqlState: SQLState?
        var fullLimit: FullLimit?

        /// The lower, the more it tells: a host that answered says more than one that did not.
        var rank: Int {
            let order: [Kind] = [
                .tooManyConnections, .startingUp, .permissionDenied, .authenticationFailed, .tlsFailed,
                .disconnected, .timeout, .refused,
            ]
            return (sqlState == nil ? order.count : 0) + (order.firstIndex(of: kind) ?? order.count)
        }
    }

    private static func verdict(onAttempt line: String, routine: String?) -> Verdict {
        var verdict = verdict(onAttempt: line)
        if verdict.kind == .tooManyConnections {
            // Before the SQLSTATE stands the host, in quotes like a role.
            let words = line.firstMatch(of: #/:  [0-9A-Z]{5}: /#).map { line[$0.range.upperBound...] } ?? line[...]
            verdict.fullLimit = fullLimit(saying: String(words), routine: routine)
        }
        return verdict
    }

    private static func verdict(onAttempt line: String) -> Verdict {
        if let match = line.firstMatch(of: #/:  ([0-9A-Z]{5}): /#) {
            let state = SQLState(rawValue: String(match.1))
            let words = String(line[match.range.upperBound...])
            return Verdict(kind: kind(of: state, saying: words) ?? .refused, sqlState: state)
        }
        let rejectsValue = [
            "invalid ", "could not match ", "definition of service ", "service file ", "syntax error in ",
        ]
        if rejectsValue.contains(where: line.hasPrefix) {
            return Verdict(kind: .invalidConnectionString, sqlState: nil)
        }
        // What is left over (refused, no such file, no route to host, unknown host) met nobody who would answer.
        return Verdict(kind: kind(saying: line) ?? .refused, sqlState: nil)
    }

    /// What a server or pooler means that ends or denies a session with this state.
    private static func kind(of state: SQLState, saying words: String) -> Kind? {
        switch state {
        case .tooManyConnections: .tooManyConnections
        case .cannotConnectNow: .startingUp
        case .insufficientPrivilege: .permissionDenied
        // What has to be mended is the connection string's log-in, of which the database is a part: neither the network
        // (refused) nor a grant (permission denied), and trying again without a change is no use.
        case .noSuchDatabase: .authenticationFailed
        case .adminShutdown, .crashShutdown, .databaseDropped, .idleSessionTimeout: .disconnected
        default:
            switch state.category {
            case "28": .authenticationFailed
            // PgBouncer gives 08P01 for nearly everything.
            case "08": kind(saying: words) ?? .disconnected
            default: kind(saying: words)
            }
        }
    }

    /// The first phrase found decides. What stands in double quotes is a name that somebody chose, and is left out.
    private static func kind(saying words: String) -> Kind? {
        let bare = words.replacing(/"[^"]*"/, with: "")
        return phrases.first { bare.contains($0.phrase) }?.kind
    }

    /// What PgBouncer's console says to a user of `stats_users` who asks for more than statistics.
    private static func isConsoleRefusal(_ state: SQLState?, _ words: String) -> Bool {
        state?.category == "08" && (words.contains("admin access needed") || words.contains("not allowed"))
    }

    private static let phrases: [(phrase: String, kind: Kind)] = [
        ("expected authentication request", .refused),
        ("no more connections allowed", .tooManyConnections),
        ("client connections exceeded", .tooManyConnections),
        ("too many", .tooManyConnections),
        ("remaining connection slots", .tooManyConnections),
        ("Max client connections", .tooManyConnections),
        ("starting up", .startingUp),
        ("shutting down", .startingUp),
        ("no such database", .authenticationFailed),
        ("no such user", .authenticationFailed),
        ("no password supplied", .authenticationFailed),
        ("authentication", .authenticationFailed),
        ("auth failed", .authenticationFailed),
        ("login failed", .authenticationFailed),
        ("login rejected", .authenticationFailed),
        ("SCRAM", .authenticationFailed),
        ("SASL", .authenticationFailed),
        ("server signature", .authenticationFailed),
        ("channel binding", .authenticationFailed),
        ("SSL", .tlsFailed),
        ("TLS", .tlsFailed),
        ("certificate", .tlsFailed),
        ("private key", .tlsFailed),
        ("GSSAPI", .tlsFailed),
        ("timeout", .timeout),
        ("timed out", .timeout),
        ("Permission denied", .permissionDenied),
        ("permission denied", .permissionDenied),
        ("not allowed", .permissionDenied),
        ("server closed the connection", .disconnected),
        ("could not receive data", .disconnected),
        ("could not send", .disconnected),
        ("reset by peer", .disconnected),
    ]
}
