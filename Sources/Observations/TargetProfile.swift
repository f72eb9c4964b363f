/// What a collector may know of its target's configuration.
package struct TargetProfile: Sendable, Equatable {
    package let name: String
    package let kind: TargetKind
    package let cluster: String?
    package let cores: Int?
    package let spindles: Int?
    package let rules: SamplingRules

    package init(
        name: String, kind: TargetKind, cluster: String? = nil, cores: Int? = nil, spindles: Int? = nil,
        rules: SamplingRules = SamplingRules()
    ) {
        self.name = name
        self.kind = kind
        self.cluster = cluster
        self.cores = cores
        self.spindles = spindles
        self.rules = rules
    }
}
