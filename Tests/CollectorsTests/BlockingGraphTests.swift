import TestSupport
import Testing

@testable import Collectors

@Suite("Who waits behind whom")
struct BlockingGraphTests {
    struct Picture: Sendable, CustomTestStringConvertible {
        let name: String
        let edges: [(Int32, Int32)]
        /// From root to the number of those who wait behind it.
        let roots: [Int32: Int]
        var testDescription: String { name }
    }

    static let pictures = [
        Picture(name: "nobody", edges: [], roots: [:]),
        Picture(name: "one", edges: [(2, 1)], roots: [1: 1]),
        Picture(name: "a chain", edges: [(2, 1), (3, 2), (4, 3)], roots: [1: 3]),
        Picture(name: "a chain told backwards", edges: [(4, 3), (3, 2), (2, 1)], roots: [1: 3]),
        Picture(
            name: "a queue: each waits for all before it", edges: [(2, 1), (3, 1), (3, 2), (4, 1), (4, 2), (4, 3)],
            roots: [1: 3]),
        Picture(name: "a tree", edges: [(2, 1), (3, 1), (4, 2), (5, 2), (6, 3)], roots: [1: 5]),
        Picture(name: "two holders of one lock", edges: [(3, 1), (3, 2), (4, 3)], roots: [1: 2, 2: 2]),
        Picture(name: "two roots of their own", edges: [(2, 1), (4, 3), (5, 3)], roots: [1: 1, 3: 2]),
        Picture(name: "a deadlock", edges: [(1, 2), (2, 1)], roots: [:]),
        Picture(name: "behind a deadlock", edges: [(1, 2), (2, 1), (3, 1)], roots: [:]),
        Picture(name: "a deadlock that also waits for a third", edges: [(1, 2), (2, 1), (2, 9)], roots: [9: 2]),
        Picture(name: "a diamond", edges: [(2, 1), (3, 1), (4, 2), (4, 3)], roots: [1: 3]),
        Picture(name: "told twice, and of itself", edges: [(2, 1), (2, 1), (2, 2), (3, 3)], roots: [1: 1]),
    ]

    @Test("roots and the number behind each", arguments: pictures)
    func roots(picture: Picture) {
        let graph = BlockingGraph(picture.edges.map { (waiter: $0.0, blocker: $0.1) })
        let roots = Dictionary(uniqueKeysWithValues: graph.roots.map { ($0.id, $0.waiters.count) })
        #expect(roots == picture.roots)
        for root in graph.roots { #expect(picture.edges.contains { $0 == (root.nearest, root.id) }) }
    }

    @Test("only those who are to be counted are, but the others pass it on")
    func counting() {
        let graph = BlockingGraph([(2, 1), (3, 2), (4, 3)].map { (waiter: $0.0, blocker: $0.1) }) { $0 != 3 }
        #expect(graph.roots.map(\.waiters.count) == [2])
    }

    @Test("it is what a plain search finds, in any graph", arguments: 0..<50)
    func search(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let nodes = Int32.random(in: 2...60, using: &random)
        let edges = (0..<Int.random(in: 0...150, using: &random)).map { _ in
            (
                waiter: Int32.random(in: 1...nodes, using: &random),
                blocker: Int32.random(in: 1...nodes, using: &random)
            )
        }
        var behind: [Int32: Set<Int32>] = [:]
        for edge in edges where edge.waiter != edge.blocker { behind[edge.blocker, default: []].insert(edge.waiter) }
        let waiting = Set(behind.values.joined())
        let expected = Dictionary(
            uniqueKeysWithValues: behind.keys.filter { !waiting.contains($0) }.map { ($0, reachable(from: $0, behind)) }
        )
        let graph = BlockingGraph(edges)
        #expect(Dictionary(uniqueKeysWithValues: graph.roots.map { ($0.id, $0.waiters.count) }) == expected)
        #expect(Set(graph.waiters) == waiting)
    }

    private func reachable(from root: Int32, _ behind: [Int32: Set<Int32>]) -> Int {
        var (seen, open) = (Set<Int32>(), Array(behind[root] ?? []))
        while let next = open.popLast() {
            if seen.insert(next).inserted { open.append(contentsOf: behind[next] ?? []) }
        }
        return seen.count
    }

    @Test("more waiters than it has room for are left out, never a crash")
    func bounded() {
        let graph = BlockingGraph((2...1_000).map { (waiter: Int32($0), blocker: 1) })
        #expect(graph.waiters.count == BlockingGraph.waiterLimit)
        #expect(graph.roots.map(\.waiters.count) == [BlockingGraph.waiterLimit])
    }
}
