/// A name, or names with anything where a `*` stands.
package struct NamePattern: Sendable, Hashable, CustomStringConvertible {
    package let text: String
    /// What stands between the asterisks.
    private let parts: [[UInt8]]

    package static let lengthLimit = 128

    package init(_ text: String) {
        self.text = text
        parts = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    package var description: String { text }

    /// Takes at most the length of the pattern times that of the name.
    package func matches(_ name: String) -> Bool {
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return name == text }
        var rest = Array(name.utf8)[...]
        guard rest.starts(with: first), rest.count >= first.count + last.count,
            rest.suffix(last.count).elementsEqual(last)
        else { return false }
        rest = rest.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            // The leftmost place leaves the most room for what follows.
            guard let place = rest.firstRange(of: part) else { return false }
            rest = rest[place.upperBound...]
        }
        return true
    }
}
