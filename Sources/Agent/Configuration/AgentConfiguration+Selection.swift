extension AgentConfiguration {
    /// Leaves out all targets but those named.
    /// - Parameter flag: what names them, for the message.
    /// - Throws: a sentence for each name that no target has.
    package mutating func keepTargets(named names: [String], flag: String) throws(ConfigurationError) {
        var problems = ProblemList(file: nil)
        let known = targets.map(\.name)
        for name in names where !known.contains(name) {
            let advice = Suggestion.nearest(to: name, among: known).map { "did you mean “\($0)”?" }
            problems.report(
                flag,
                ConfigurationValue.quoting(name) + "is not the name of a target; "
                    + (advice ?? "names are \(known.prefix(10).joined(separator: ", "))"))
        }
        try problems.throwIfAny()
        targets = targets.filter { names.contains($0.name) }
    }
}
