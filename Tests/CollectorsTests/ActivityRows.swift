import Observations

@testable import Collectors

/// Seconds of the tests' own clock.
func moment(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64((seconds * 1_000_000).rounded())) }

/// A row of a client backend that started at second 0.
func activityRow(
    _ state: BackendState, query: Double? = nil, changed: Double? = nil, transaction: Double? = nil, pid: Int32 = 7,
    started: Double = 0, application: String = "shop"
) -> ActivityRow {
    ActivityRow(
        pid: pid, backendStart: moment(started), transactionStart: transaction.map(moment),
        queryStart: query.map(moment),
        stateChange: (changed ?? query).map(moment), state: state, database: "app", user: "web",
        applicationName: application)
}

func activitySample(_ at: Double, _ rows: ActivityRow...) -> ActivitySample {
    ActivitySample(sampledAt: moment(at), rows: rows)
}

let shopOwner = SessionOwner(database: "app", user: "web", application: "shop")

extension FinishedEpisode {
    static func exact(_ seconds: Double) -> FinishedEpisode {
        FinishedEpisode(owner: shopOwner, seconds: seconds, end: .exact)
    }

    static func estimated(_ seconds: Double) -> FinishedEpisode {
        FinishedEpisode(owner: shopOwner, seconds: seconds, end: .estimated)
    }
}

extension ActivityTracker {
    mutating func statements(_ sample: ActivitySample) -> [FinishedStatement] { observe(sample).statements }
}
