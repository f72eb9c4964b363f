/// Sessions in sentences.
package enum SessionText {
    /// `4711 (checkout, app@shop)`, without anything that a terminal would obey.
    package static func name(_ row: SessionRow) -> String {
        let place = [row.activity.user, row.activity.database].compactMap(\.self).joined(separator: "@")
        let application = row.client?.clientApplication ?? row.activity.applicationName
        let words = [application, place].filter { !$0.isEmpty }.joined(separator: ", ")
        return "\(row.pid)" + (words.isEmpty ? "" : " (\(VisibleText.escaped(words)))")
    }
}

/// Numbers with their noun.
package enum Plural {
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
