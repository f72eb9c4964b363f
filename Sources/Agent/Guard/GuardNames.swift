/// Whom a policy is for, by one kind of name.
package struct GuardNames: Sendable, Equatable {
    /// Only these; nil is everyone.
    package var only: [NamePattern]?
    /// These are left alone, also where `only` has them, too.
    package var except: [NamePattern] = []

    package static let limit = 100

    package init(only: [NamePattern]? = nil, except: [NamePattern] = []) {
        self.only = only
        self.except = except
    }

    /// Whether whoever goes by these names, any of them, is to be left alone.
    func exempt(_ names: [String]) -> Bool { matches(except, names) }

    /// Whether the policy is for whoever goes by these names.
    func cover(_ names: [String]) -> Bool {
        !exempt(names) && (only.map { matches($0, names) } ?? true)
    }

    private func matches(_ patterns: [NamePattern], _ names: [String]) -> Bool {
        patterns.contains { pattern in names.contains(where: pattern.matches) }
    }
}
