extension PoolConfiguration {
    /// No duration may be longer: a year.
    static let longest: Duration = .seconds(365 * 86_400)

    /// - Throws: `invalidConfiguration`, with a clause for each knob that is wrong: its value and its limit.
    public func validate() throws(PoolError) {
        let problems = self.problems
        guard !problems.isEmpty else { return }
        throw PoolError(
            code: .invalidConfiguration, message: "pool \(name): " + problems.joined(separator: "; "))
    }

    private var problems: [String] {
        var problems: [String] = []
        if name.isEmpty { problems.append("name is empty, but must have at least one character") }
        check("maximum", maximum, 1, 10_000, &problems)
        if minimum < 0 {
            problems.append("minimum is \(minimum), but must be at least 0")
        } else if minimum > maximum {
            problems.append("minimum is \(minimum), but must be at most maximum, \(maximum)")
        }
        check("waitersMaximum", waitersMaximum, 0, 100_000, &problems)
        check("acquireTimeout", acquireTimeout, .milliseconds(1), &problems)
        check("idleTimeout", idleTimeout, .milliseconds(10), &problems)
        check("maximumLifetime", maximumLifetime, .milliseconds(10), &problems)
        check("keepAliveInterval", keepAliveInterval, .milliseconds(10), &problems)
        check("leakThreshold", leakThreshold, .milliseconds(1), &problems)
        check("openTimeout", openTimeout, .milliseconds(1), &problems)
        check("openBackoff", openBackoff.lowerBound, .milliseconds(1), &problems)
        check("openBackoff", openBackoff.upperBound, .milliseconds(1), &problems)
        check("resetTimeout", resetTimeout, .milliseconds(1), &problems)
        check("shutdownBound", shutdownBound, .zero, &problems)
        return problems
    }

    private func check(_ knob: String, _ value: Int, _ least: Int, _ most: Int, _ problems: inout [String]) {
        if value < least { problems.append("\(knob) is \(value), but must be at least \(least)") }
        if value > most { problems.append("\(knob) is \(value), but must be at most \(most)") }
    }

    private func check(_ knob: String, _ value: Duration?, _ least: Duration, _ problems: inout [String]) {
        guard let value else { return }
        if value < least { problems.append("\(knob) is \(value), but must be at least \(least)") }
        if value > Self.longest { problems.append("\(knob) is \(value), but must be at most 365 days") }
    }
}
