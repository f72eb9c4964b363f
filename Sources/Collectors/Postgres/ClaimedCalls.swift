/// The statements that have found their calls and are not given out yet.
///
/// Estimated times add up to an error, and the last statement of a batch of calls would bear it alone: it gets what
/// the others have left. So a batch is given out as a whole, when nobody can claim from it any more, and the error is
/// shared.
struct ClaimedCalls: Sendable {
    private struct Claim {
        let statement: ObservedStatement
        let time: Double
    }

    private var claims: [UnclaimedCalls.Batch: [Claim]] = [:]

    mutating func add(_ statement: ObservedStatement, _ claim: UnclaimedCalls.Claim) {
        claims[claim.batch, default: []].append(Claim(statement: statement, time: max(0, claim.time)))
    }

    /// Whether statements were found in this batch: what they have left is off by their errors.
    func hasClaims(in batch: UnclaimedCalls.Batch) -> Bool { claims[batch] != nil }

    /// The end of a read: gives out what was claimed from batches that end with it, and keeps that of the newer ones.
    mutating func end() -> [ReconciledStatements] {
        let due = claims.filter { $0.key.age > 0 }
        let kept = claims.filter { $0.key.age == 0 }
        claims = Dictionary(uniqueKeysWithValues: kept.map { ($0.key.older, $0.value) })
        return Self.evened(due)
    }

    /// All of it, when there will be no other read.
    mutating func takeAll() -> [ReconciledStatements] {
        defer { claims = [:] }
        return Self.evened(claims)
    }

    /// The statements with the server's times, in a fixed order: of each batch with the sum that was taken out of it.
    private static func evened(_ claims: [UnclaimedCalls.Batch: [Claim]]) -> [ReconciledStatements] {
        claims.sorted { $0.key < $1.key }.flatMap { batch, claims in
            let estimates = claims.filter { !$0.statement.isExact && $0.statement.queryID != nil }
            let error = estimates.reduce(0) { $0 + $1.time - $1.statement.seconds }
            let share = error / Double(max(1, estimates.count))
            let isShared = estimates.allSatisfy { $0.statement.seconds + share >= 0 }
            return claims.map { claim in
                let isEstimate = !claim.statement.isExact && claim.statement.queryID != nil
                return ReconciledStatements(
                    database: batch.database,
                    seconds: isEstimate && isShared ? claim.statement.seconds + share : claim.time, times: 1,
                    witness: claim.statement.witness)
            }
        }
    }
}
