import Exposition

/// The families of the checks.
enum AdviceFamilies {
    static let passed = FamilyDescriptor(
        "poolscope_check_passed", .gauge, labels: ["check"],
        help:
            "1 when a check of docs/checks.md found nothing at its last evaluation (every minute), or what it found is "
            + "snoozed, else 0. Absent where it does not apply, or needs what sampling does not read: poolscope check "
            + "asks for more.")
    static let findings = FamilyDescriptor(
        "poolscope_check_findings", .gauge, labels: ["check", "severity"],
        help: "What a check found at its last evaluation, by severity (info, warning, critical), without what is "
            + "snoozed. poolscope check says what it is, with evidence and a remedy.")

    static let all = [passed, findings]
}
