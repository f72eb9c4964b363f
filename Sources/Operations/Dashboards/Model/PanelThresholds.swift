/// From which values on a panel changes its colour. The values come from `Thresholds`, as those of the alerts do.
package struct PanelThresholds: Sendable {
    struct Step: Sendable {
        let from: Double
        let colour: String
    }

    let base: String
    let steps: [Step]

    /// A panel without a good and a bad.
    static let none = PanelThresholds(base: "green", steps: [])

    /// For what should be 0: a single one is worth a look.
    static let any = PanelThresholds.above(warning: 1)

    /// For what must be 0.
    static let anyIsCritical = PanelThresholds.above(critical: 1)

    /// Orange from `warning` on, red from `critical` on.
    static func above(warning: Double? = nil, critical: Double? = nil, beyond: Double? = nil) -> Self {
        let steps = [(warning, "orange"), (critical, "red"), (beyond, "dark-red")]
        return PanelThresholds(
            base: "green", steps: steps.compactMap { from, colour in from.map { Step(from: $0, colour: colour) } })
    }

    /// Orange below `warning`, green from there on.
    static func below(warning: Double) -> Self {
        PanelThresholds(base: "orange", steps: [Step(from: warning, colour: "green")])
    }

    var json: JSON {
        let first: JSON = .object(["color": .string(base), "value": .null])
        let others = steps.map { JSON.object(["color": .string($0.colour), "value": .exact($0.from)]) }
        return ["mode": "absolute", "steps": .array([first] + others)]
    }
}
