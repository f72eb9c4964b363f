/// An episode as the server's log has it. Times are seconds since 1970 by the server's clock.
struct TrueEpisode: Sendable, Equatable {
    /// The application name, which the workload gives to one session only.
    var session: String
    var start: Double
    var end: Double

    var seconds: Double { end - start }
}

/// An episode as a tracker reported it.
struct ObservedEpisode: Sendable, Equatable {
    var session: String
    var seconds: Double
    var isExact: Bool
    /// The samples between which it must have ended: the one at which it was reported and the one before.
    var after: Double
    var by: Double
}
