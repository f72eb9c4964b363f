import Operations

/// Two alerts that fire at once, and whether the first silences the second.
struct Inhibition: CustomStringConvertible {
    let source: [String: String]
    let other: [String: String]
    let isSilenced: Bool

    var description: String { "\(source) and \(other)" }

    private init(_ source: [String: String], _ verb: Verb, _ other: [String: String]) {
        (self.source, self.other, isSilenced) = (source, other, verb == .silences)
    }

    private enum Verb { case silences, leaves }

    private static func alert(
        _ name: AlertName, _ severity: Severity = .warning, target: String? = "main", instance: String? = "db1:9719",
        _ labels: [String: String] = [:]
    ) -> [String: String] {
        var labels = labels
        labels["alertname"] = name.rawValue
        labels["severity"] = severity.rawValue
        labels["target"] = target
        labels["instance"] = instance
        return labels
    }

    private static let shop = ["datname": "shop"]
    private static let pool = ["pooler": "pgbouncer", "database": "shop", "user": "web"]
    private static let otherPool = ["pooler": "pgbouncer", "database": "shop", "user": "jobs"]
    private static let slots = ["pooler": "server"]

    static let cases = pagesOverTickets + blindness + pausesAndFullness

    private static let pagesOverTickets = [
        Inhibition(alert(.longTransaction, .critical, shop), .silences, alert(.longTransaction, shop)),
        Inhibition(alert(.longTransaction, .critical, shop), .leaves, alert(.longTransaction, ["datname": "app"])),
        Inhibition(
            alert(.longTransaction, .critical, shop), .leaves, alert(.longTransaction, instance: "db2:9719", shop)),
        Inhibition(alert(.longTransaction, .critical, shop), .leaves, alert(.blockedSessions, shop)),
        Inhibition(alert(.poolWaitBudgetBurn, .critical, pool), .silences, alert(.poolWaitBudgetBurn, pool)),
        Inhibition(alert(.poolWaitBudgetBurn, .critical, pool), .leaves, alert(.poolWaitBudgetBurn, otherPool)),
        Inhibition(alert(.activeSessionsAboveCores, .critical), .silences, alert(.activeSessionsAboveCores)),
        Inhibition(
            alert(.poolscopeDown, .critical, target: nil, instance: nil), .silences, alert(.poolscopeDown, target: nil)),
    ]

    private static let blindness = [
        Inhibition(alert(.poolscopeDown, target: nil), .silences, alert(.poolExhausted, .critical, pool)),
        Inhibition(
            alert(.poolscopeDown, target: nil), .leaves, alert(.poolExhausted, .critical, instance: "db2:9719", pool)),
        Inhibition(alert(.poolscopeDown, target: nil), .leaves, alert(.watchdog, .none, target: nil, instance: nil)),
        Inhibition(alert(.targetDown, .critical), .silences, alert(.dataStale, ["collector": "activity"])),
        Inhibition(alert(.targetDown, .critical), .silences, alert(.blockedSessions, .critical, shop)),
        Inhibition(alert(.targetDown, .critical), .leaves, alert(.blockedSessions, .critical, target: "other", shop)),
        Inhibition(alert(.targetDown, .critical), .leaves, alert(.slotsOnlyReservedLeft, .critical, slots)),
        Inhibition(alert(.targetDown, .critical), .leaves, alert(.bouncerClientSlotsHigh, .critical, pool)),
        Inhibition(alert(.dataStale, ["collector": "pools"]), .silences, alert(.poolClientsWaiting, pool)),
        Inhibition(
            alert(.dataStale, ["collector": "pools"]), .leaves, alert(.poolClientsWaiting, target: "other", pool)),
    ]

    private static let pausesAndFullness = [
        Inhibition(
            alert(.bouncerDatabasePaused, ["database": "shop"]), .silences, alert(.poolExhausted, .critical, pool)),
        Inhibition(
            alert(.bouncerDatabasePaused, .critical, ["database": "shop"]), .silences,
            alert(.poolWaitNearTimeout, .critical, pool)),
        Inhibition(
            alert(.bouncerDatabasePaused, ["database": "app"]), .leaves, alert(.poolExhausted, .critical, pool)),
        Inhibition(
            alert(.bouncerDatabasePaused, ["database": "shop"]), .leaves, alert(.bouncerDatabaseDisabled, pool)),
        Inhibition(alert(.slotsOnlyReservedLeft, .critical, slots), .silences, alert(.poolSaturationHigh, slots)),
        Inhibition(
            alert(.slotsOnlyReservedLeft, .critical, slots), .silences, alert(.poolSaturationHigh, .critical, slots)),
        Inhibition(alert(.slotsOnlyReservedLeft, .critical, slots), .silences, alert(.poolExhaustionForecast, slots)),
        Inhibition(alert(.slotsOnlyReservedLeft, .critical, slots), .leaves, alert(.poolSaturationHigh, pool)),
        Inhibition(alert(.poolExhausted, .critical, pool), .silences, alert(.poolClientsWaiting, pool)),
        Inhibition(alert(.poolExhausted, .critical, pool), .leaves, alert(.poolClientsWaiting, otherPool)),
    ]
}
