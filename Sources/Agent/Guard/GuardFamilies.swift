import Exposition

/// What the guard says of itself; absent where it is off.
enum GuardFamilies {
    static let mode = FamilyDescriptor(
        "poolscope_guard_mode", .stateset, labels: ["mode"], lifetime: .kept,
        help:
            "What the guard does: dry_run (it only says what it would do), enforce, or halted (it did enforce, and its "
            + "audit log could not be written). Absent where it is off.")
    static let actions = FamilyDescriptor(
        "poolscope_guard_actions_total", .counter, labels: ["policy", "action", "outcome"],
        help:
            "What the guard did to sessions, or would have done. dry_run: nothing was done. done: the signal was sent. "
            + "gone, changed, reused: the session had ended, moved on, or its process id was another's; not touched. "
            + "refused: it became one that is never touched. rate_limited: held back, counted once for each session and "
            + "what it is at; it is acted on later unless it moves on.")
    static let spared = FamilyDescriptor(
        "poolscope_guard_spared_sessions", .gauge, labels: ["policy", "reason"],
        help: "Sessions beyond the limit of a policy at the last sample that the guard leaves alone, by why. exempt: a "
            + "list of the policy excepts them.")

    static let all = [mode, actions, spared]
}

/// The states of the guard of a target, as `poolscope_guard_mode` has them.
enum GuardState: String, CaseIterable {
    case dryRun = "dry_run"
    case enforce, halted

    init(_ mode: GuardMode) {
        self = mode == .enforce ? .enforce : .dryRun
    }
}
