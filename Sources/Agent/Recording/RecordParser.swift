/// Takes one record apart. It believes no number that it reads: whatever stands for a size is compared with what is left
/// of the record, or with a limit, before anything is made of it.
struct RecordParser {
    /// What is wrong, without the place.
    struct Problem: Error {
        let sentence: String
    }

    private var rest: ArraySlice<UInt8>

    /// - Parameter record: without its length; the kind is still in it.
    init(_ record: ArraySlice<UInt8>) {
        rest = record
    }

    var remaining: Int { rest.count }

    mutating func byte() throws(Problem) -> UInt8 {
        guard let byte = rest.popFirst() else { throw Self.tooShort }
        return byte
    }

    mutating func number() throws(Problem) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { break }
            result |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return result }
        }
        throw Problem(sentence: "a number does not fit 64 bits")
    }

    /// A number of `what`, at most `limit`.
    mutating func number(of what: String, upTo limit: Int) throws(Problem) -> Int {
        let number = try number()
        guard number <= UInt64(limit) else { throw Problem(sentence: "\(number) \(what), more than \(limit)") }
        return Int(number)
    }

    mutating func signed() throws(Problem) -> Int64 {
        let number = try number()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func double() throws(Problem) -> Double {
        let bytes = try bytes(8)
        return Double(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func bytes(_ count: Int) throws(Problem) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw Self.tooShort }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A text; what is not UTF-8 in it is repaired.
    mutating func text(upTo limit: Int = RecordingFormat.nameLimit) throws(Problem) -> String {
        let count = try number(of: "bytes of text", upTo: limit)
        return String(decoding: try bytes(count), as: UTF8.self)
    }

    mutating func optionalText(upTo limit: Int = RecordingFormat.nameLimit) throws(Problem) -> String? {
        let count = try number(of: "bytes of text", upTo: limit + 1)
        return count == 0 ? nil : String(decoding: try bytes(count - 1), as: UTF8.self)
    }

    mutating func optionalNumber(of what: String, upTo limit: Int) throws(Problem) -> Int? {
        let number = try number(of: what, upTo: limit + 1)
        return number == 0 ? nil : number - 1
    }

    private static let tooShort = Problem(sentence: "the record is shorter than its content")
}
