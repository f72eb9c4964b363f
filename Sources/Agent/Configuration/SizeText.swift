/// Sizes as people write them: `1GiB`, `64MiB`, `500KiB`, `1000B`. Whole numbers, always with their unit.
package enum SizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    /// The bytes that `text` says; nil if it says none.
    package static func parse(_ text: String) -> Int? {
        guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        let digits = text.dropLast(unit.name.count)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let number = Int(digits)
        else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// For people, with at most one digit behind the point: `1.5 MiB`.
    package static func format(_ bytes: Int) -> String {
        let unit = units.first { bytes >= $0.bytes } ?? ("B", 1)
        let tenths = (Double(bytes) / Double(unit.bytes) * 10).rounded(.down) / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) \(unit.name)" : "\(tenths) \(unit.name)"
    }
}
