/// What becomes of the labels that clients choose, before anything is counted by them.
package struct LabelRules: Sendable, Equatable {
    package init() {}

    /// Rewrites names in rows of `pg_stat_activity`.
    package func apply(to rows: inout [ActivityRow]) {}
}
