/// A recommended pool size, with all that it follows from.
package struct SizeReport: Sendable, Equatable {
    package let request: SizeRequest
    package let measurement: LoadMeasurement?
    package let slots: SlotBudget?
    /// Connections that keep the server as busy as it can be; nil where its cores are not known.
    package let ceiling: Int?
    /// What one pooler may take of ceiling and slots; nil where neither is known.
    package let share: Int?
    /// Pools of one pooler, the most used first; at least one.
    package let pools: [PoolSize]
    package internal(set) var steps: [SizeStep]
    package let confidence: SizeConfidence

    /// The size of a pool; of the largest, where there are several.
    package var connections: Int { pools.reduce(1) { max($0, $1.connections) } }

    /// The connections that all pools of all poolers may open.
    package var total: Int { pools.reduce(0) { $0 + $1.connections } * request.poolers }
}
