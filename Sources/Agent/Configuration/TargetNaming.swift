import Observations
import Postgres

/// Names for the targets that were given none.
struct TargetNaming {
    /// The longest a name can be, in bytes.
    static let limit = 63

    private var taken: Set<String>
    /// The next number to try, by what stands before it.
    private var numbers: [String: Int] = [:]

    /// - Parameter taken: the names that were given.
    init(taken: Set<String>) {
        self.taken = taken
    }

    /// `host:port`, as far as the connection string says; the kind in place of a host it does not say. If that is taken,
    /// `/dbname` and then a number follow. The first to come keeps the shorter name, so that a target added at the end
    /// renames none.
    mutating func name(for connection: ConnectionString, kind: TargetKind) -> String {
        let host = connection["host"] ?? connection["hostaddr"] ?? connection["service"]
        let place = [host ?? kind.rawValue, connection["port"]].compactMap(\.self).joined(separator: ":")
        let database = connection["dbname"].map { "\(place)/\($0)" } ?? place
        for text in [place, database] {
            let name = Self.clean(text, limit: Self.limit)
            if taken.insert(name).inserted { return name }
        }
        while true {
            let number = numbers[database, default: 2]
            numbers[database] = number + 1
            let suffix = "-\(number)"
            let name = Self.clean(database, limit: Self.limit - suffix.utf8.count) + suffix
            if taken.insert(name).inserted { return name }
        }
    }

    /// What a given name consists of.
    static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_.:-".utf8.contains(byte)
        }
    }

    private static func clean(_ text: String, limit: Int) -> String {
        let bytes = text.utf8.prefix(limit).map { isNamePart($0) || $0 == UInt8(ascii: "/") ? $0 : UInt8(ascii: "_") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
