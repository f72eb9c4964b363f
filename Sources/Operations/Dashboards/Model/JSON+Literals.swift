/// So that what Grafana reads can be written as it looks.
extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation
{
    package init(stringLiteral value: String) { self = .string(value) }

    package init(integerLiteral value: Int) { self = .integer(value) }

    package init(floatLiteral value: Double) { self = .exact(value) }

    package init(booleanLiteral value: Bool) { self = .bool(value) }

    package init(arrayLiteral elements: JSON...) { self = .array(elements) }

    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { $1 })
    }

    /// A number as JSON readers give it back: whole ones without a point.
    package static func exact(_ value: Double) -> JSON { Int(exactly: value).map(JSON.integer) ?? .number(value) }

    package static func strings(_ values: [String]) -> JSON { .array(values.map(JSON.string)) }

    /// This object with further members; those of `others` win.
    package func adding(_ others: [String: JSON]) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.merging(others) { $1 })
    }
}
