/// One step of the way to a size, as a sentence.
package struct SizeStep: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// What the machine can do.
        case formula
        /// What was measured or given.
        case load
        /// What the load needs.
        case need
        /// What the server has for pools.
        case limit
        /// What to bear in mind.
        case note
    }

    package let kind: Kind
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
