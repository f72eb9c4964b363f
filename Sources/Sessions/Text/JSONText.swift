/// JSON on one line, members in the order in which they were given: for lines that people read, too.
package indirect enum JSONText: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONText])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSONText

        package init(_ name: String, _ value: JSONText) {
            self.name = name
            self.value = value
        }
    }

    package static func string(_ text: String?) -> JSONText { text.map { .string($0) } ?? .null }
    package static func integer(_ number: Int32?) -> JSONText { number.map { .integer(Int64($0)) } ?? .null }
    /// Seconds, to the millisecond.
    package static func seconds(_ seconds: Double?) -> JSONText {
        seconds.map { .number(($0 * 1_000).rounded() / 1_000) } ?? .null
    }

    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .integer(let integer): "\(integer)"
        case .number(let number): number.isFinite ? "\(number)" : "null"
        case .string(let string): Self.quoted(string)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.name) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    /// Nothing that ends a line, moves a cursor or reorders text stays as it is.
    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                if VisibleText.isInvisible(scalar) {
                    for unit in Character(scalar).utf16 { text += "\\u" + VisibleText.hexadecimal(unit, digits: 4) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text + "\""
    }
}
