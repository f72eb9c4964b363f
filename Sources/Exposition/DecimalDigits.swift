/// The shortest decimal digits that read back as a number.
struct DecimalDigits {
    /// Neither leading nor trailing zeros.
    private let digits: String
    /// The value is 0.digits × 10^point.
    private let point: Int

    /// - Precondition: finite and positive.
    init(_ value: Double) {
        precondition(value.isFinite && value > 0, "\(value) has no digits")
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        let all = mantissa[0] + fraction
        let significant = all.drop { $0 == "0" }
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        point = mantissa[0].count + exponent - (all.count - significant.count)
        digits = String(significant.reversed().drop { $0 == "0" }.reversed())
    }

    /// As Go's `%g` writes it, but for `.0` behind a whole number.
    var goText: String {
        let exponent = point - 1
        guard exponent >= -4, exponent < 6 else {
            let fraction = digits.dropFirst()
            let magnitude = String(exponent.magnitude)
            return "\(digits.prefix(1))\(fraction.isEmpty ? "" : ".")\(fraction)e\(exponent < 0 ? "-" : "+")"
                + (magnitude.count < 2 ? "0" : "") + magnitude
        }
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point {
            return digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return "\(digits.prefix(point)).\(digits.dropFirst(point))"
    }
}
