/// Who waits behind whom, directly or through others. Pure.
///
/// A root blocks and is not blocked itself. Sessions that wait for each other in a circle have no root: the server ends
/// such a deadlock itself after `deadlock_timeout`.
struct BlockingGraph: Sendable {
    /// Some of the waiting sessions.
    struct Waiters: Sendable, Equatable {
        fileprivate var mask: UInt128 = 0

        var count: Int { mask.nonzeroBitCount }

        func union(_ other: Waiters) -> Waiters { Waiters(mask: mask | other.mask) }
    }

    struct Root: Sendable, Equatable {
        let id: Int32
        /// All that wait behind it.
        let waiters: Waiters
        /// One of those who wait for it directly.
        let nearest: Int32
    }

    /// Those who wait beyond this number are left out.
    static let waiterLimit = UInt128.bitWidth

    /// Those who wait for somebody, in the order in which they were first named.
    private(set) var waiters: [Int32] = []
    private(set) var roots: [Root] = []
    /// For each waiter, who waits directly for it.
    private var direct: [UInt128] = []

    /// - Parameters:
    ///   - edges: Each says that a session waits for another. Repeated ones, and sessions that wait for themselves, are
    ///     harmless.
    ///   - isCounted: Whether a waiter is one of those to be counted behind a root.
    init(_ edges: [(waiter: Int32, blocker: Int32)], counting isCounted: (Int32) -> Bool = { _ in true }) {
        var position: [Int32: Int] = [:]
        for edge in edges where edge.waiter != edge.blocker && position[edge.waiter] == nil {
            guard waiters.count < Self.waiterLimit else { break }
            position[edge.waiter] = waiters.count
            waiters.append(edge.waiter)
        }
        direct = Array(repeating: 0, count: waiters.count)
        var behindRoots: [Int32: UInt128] = [:]
        var order: [Int32] = []
        for edge in edges where edge.waiter != edge.blocker {
            guard let waiter = position[edge.waiter] else { continue }
            if let blocker = position[edge.blocker] {
                direct[blocker] |= 1 << UInt128(waiter)
            } else {
                if behindRoots[edge.blocker] == nil { order.append(edge.blocker) }
                behindRoots[edge.blocker, default: 0] |= 1 << UInt128(waiter)
            }
        }
        var counted: UInt128 = 0
        for (index, waiter) in waiters.enumerated() where isCounted(waiter) { counted |= 1 << UInt128(index) }
        roots = order.map { id in
            let nearest = behindRoots[id] ?? 0
            return Root(
                id: id, waiters: Waiters(mask: reach(from: nearest) & counted),
                nearest: waiters[nearest.trailingZeroBitCount])
        }
    }

    /// These waiters and all who wait behind them.
    private func reach(from start: UInt128) -> UInt128 {
        var (seen, open) = (UInt128(0), start)
        while open != 0 {
            let next = open.trailingZeroBitCount
            seen |= 1 << UInt128(next)
            open = (open | direct[next]) & ~seen
        }
        return seen
    }
}
