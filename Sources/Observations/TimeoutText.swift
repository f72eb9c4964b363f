import Glibc

/// The value of a time-out setting as PostgreSQL reads it (`parse_int` in guc.c): a number, perhaps with a unit;
/// without one it is milliseconds.
package enum TimeoutText {
    /// Microseconds in each unit, from the largest: the next smaller one is what a fraction is rounded to.
    private static let units: [(name: Substring, microseconds: Double)] = [
        ("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]

    /// The value in seconds, to the millisecond; nil for what the server would not take.
    package static func seconds(_ text: String) -> Double? {
        let text = text.drop(while: isSpace)
        guard let (number, rest) = number(in: text) else { return nil }
        let unit = rest.drop(while: isSpace).prefix { !isSpace($0) }
        guard rest.drop(while: isSpace).dropFirst(unit.count).allSatisfy(isSpace) else { return nil }
        var milliseconds = number
        if !unit.isEmpty {
            guard let index = units.firstIndex(where: { $0.name == unit }) else { return nil }
            var microseconds = number * units[index].microseconds
            if index + 1 < units.count {
                let smaller = units[index + 1].microseconds
                microseconds = (microseconds / smaller).rounded(.toNearestOrEven) * smaller
            }
            milliseconds = microseconds / 1_000
        }
        milliseconds = milliseconds.rounded(.toNearestOrEven)
        guard (0...Double(Int32.max)).contains(milliseconds) else { return nil }
        return milliseconds / 1_000
    }

    /// As `strtol` with base 0 reads it, so that 0x10 is 16 and 010 is 8; as `strtod` does, if it goes on like a fraction.
    private static func number(in text: Substring) -> (Double, rest: Substring)? {
        String(text).withCString { start -> (Double, Substring)? in
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            var value = Double(strtol(start, &end, 0))
            if let next = end.map({ UInt8(bitPattern: $0.pointee) }),
                next == UInt8(ascii: ".") || next == UInt8(ascii: "e") || next == UInt8(ascii: "E") || errno == ERANGE
            {
                errno = 0
                value = strtod(start, &end)
            }
            guard let end, end != UnsafeMutablePointer(mutating: start), errno == 0, value.isFinite else { return nil }
            return (value, Substring(String(cString: end)))
        }
    }

    private static func isSpace(_ character: Character) -> Bool {
        character.isASCII && character.isWhitespace
    }
}
