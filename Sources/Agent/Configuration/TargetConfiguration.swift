import Observations
import Postgres

/// One server or pooler to watch, and how.
package struct TargetConfiguration: Sendable {
    /// The value of the label `target`; unique among the targets.
    package var name: String
    package var kind: TargetKind
    /// Where and as whom to connect. Without the password if that comes from `passwordFile`.
    package var connection: ConnectionString
    /// The value of the label `cluster`: what this target belongs to.
    package var cluster: String?
    /// Processor cores of the server's machine, for the sizing formula.
    package var cores: Int?
    /// Effective spindles of the server's machine (an SSD counts as 1), for the sizing formula.
    package var spindles: Int?
    /// Memory of the server's machine, for checks.
    package var memoryBytes: Int?
    /// A file whose first line is the password. Not read here.
    package var passwordFile: String?
    /// The target's own sampling interval; nil for the agent's.
    package var interval: Duration?
    /// Thresholds, budgets and label rules.
    package var rules = SamplingRules()
    /// Whether and by which policies its sessions are ended.
    package var guardSettings = GuardSettings()

    package static let coresBounds = 1...10_000
    package static let spindlesBounds = 0...10_000
    package static let memoryBounds = 64 << 20...1 << 50
}
