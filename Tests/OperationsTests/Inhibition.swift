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
        with labels: [String: String] = [:]
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
        Inhibition(alert(.longTransaction, .critical, with: shop), .silences, alert(.longTransaction, with: shop)),
        Inhibition(
            alert(.longTransaction, .critical, with: shop), .leaves, alert(.longTransaction, with: ["datname": "app"])),
        Inhibition(
            alert(.longTransaction, .critical, with: shop), .leaves,
            alert(.longTransaction, instance: "db2:9719", with: shop)),
        Inhibition(alert(.longTransaction, .critical, with: shop), .leaves, alert(.blockedSessions, with: shop)),
        Inhibition(
            alert(.poolWaitBudgetBurn, .critical, with: pool), .silences, alert(.poolWaitBudgetBurn, with: pool)),
        Inhibition(
            alert(.poolWaitBudgetBurn, .critical, with: pool), .leaves, alert(.poolWaitBudgetBurn, with: otherPool)),
        Inhibition(alert(.activeSessionsAboveCores, .critical), .silences, alert(.activeSessionsAboveCores)),
        Inhibition(
            alert(.poolscopeDown, .critical, target: nil, instance: nil), .silences, alert(.poolscopeDown, target: nil)),
    ]

    private static let blindness = [
        Inhibition(alert(.poolscopeDown, target: nil), .silences, alert(.poolExhausted, .critical, with: pool)),
        Inhibition(
            alert(.poolscopeDown, target: nil), .leaves,
            alert(.poolExhausted, .critical, instance: "db2:9719", with: pool)),
        Inhibition(alert(.poolscopeDown, target: nil), .leaves, alert(.watchdog, .none, target: nil, instance: nil)),
        Inhibition(alert(.targetDown, .critical), .silences, alert(.dataStale, with: ["collector": "activity"])),
        Inhibition(alert(.targetDown, .critical), .silences, alert(.blockedSessions, .critical, with: shop)),
        Inhibition(
            alert(.targetDown, .critical), .leaves, alert(.blockedSessions, .critical, target: "other", with: shop)),
        Inhibition(alert(.targetDown, .critical), .leaves, alert(.slotsOnlyReservedLeft, .critical, with: slots)),
        Inhibition(alert(.targetDown, .critical), .leaves, alert(.bouncerClientSlotsHigh, .critical, with: pool)),
        Inhibition(alert(.dataStale, with: ["collector": "pools"]), .silences, alert(.poolClientsWaiting, with: pool)),
        Inhibition(
            alert(.dataStale, with: ["collector": "pools"]), .leaves,
            alert(.poolClientsWaiting, target: "other", with: pool)),
    ]

    private static let pausesAndFullness = [
        Inhibition(
            alert(.bouncerDatabasePaused, with: ["database": "shop"]), .silences,
            alert(.poolExhausted, .critical, with: pool)),
        Inhibition(
            alert(.bouncerDatabasePaused, .critical, with: ["database": "shop"]), .silences,
            alert(.poolWaitNearTimeout, .critical, with: pool)),
        Inhibition(
            alert(.bouncerDatabasePaused, with: ["database": "app"]), .leaves,
            alert(.poolExhausted, .critical, with: pool)),
        Inhibition(
            alert(.bouncerDatabasePaused, with: ["database": "shop"]), .leaves,
            alert(.bouncerDatabaseDisabled, with: pool)),
        Inhibition(
            alert(.slotsOnlyReservedLeft, .critical, with: slots), .silences, alert(.poolSaturationHigh, with: slots)),
        Inhibition(
            alert(.slotsOnlyReservedLeft, .critical, with: slots), .silences,
            alert(.poolSaturationHigh, .critical, with: slots)),
        Inhibition(
            alert(.slotsOnlyReservedLeft, .critical, with: slots), .silences,
            alert(.poolExhaustionForecast, with: slots)),
        Inhibition(
            alert(.slotsOnlyReservedLeft, .critical, with: slots), .leaves, alert(.poolSaturationHigh, with: pool)),
        Inhibition(alert(.poolExhausted, .critical, with: pool), .silences, alert(.poolClientsWaiting, with: pool)),
        Inhibition(alert(.poolExhausted, .critical, with: pool), .leaves, alert(.poolClientsWaiting, with: otherPool)),
    ]
}
