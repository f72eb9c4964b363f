import Observations
import Sessions

/// The moment at which the rows of these tests were read.
let now = ServerTime(microseconds: 1_000_000_000)

/// A session of `app` in `shop`, at what it is at for `age` seconds.
func session(
    _ pid: Int32, _ state: BackendState? = .active, age: Double = 1, transaction: Double? = nil,
    application: String = "web", user: String? = "app", database: String? = "shop", address: String? = "10.0.0.7",
    type: String? = "client backend", isSuperuser: Bool = false, blockedBy: [Int32] = [], isHidden: Bool = false,
    isSelf: Bool = false
) -> SessionRow {
    func ago(_ seconds: Double) -> ServerTime { ServerTime(microseconds: now.microseconds - Int64(seconds * 1e6)) }
    var activity = ActivityRow(
        pid: pid, state: isHidden ? nil : state, database: database, user: user, applicationName: application,
        backendType: isHidden ? nil : type, isSelf: isSelf)
    if !isHidden {
        activity.backendStart = ago(900)
        activity.queryStart = ago(age)
        activity.stateChange = ago(age)
        activity.transactionStart = transaction.map(ago)
        activity.clientAddress = address
    }
    var row = SessionRow(activity, sampledAt: now)
    row.isSuperuser = isSuperuser
    row.blockedBy = blockedBy
    return row
}

func listing(_ rows: SessionRow...) -> SessionListing { SessionListing(sampledAt: now, rows: rows) }

/// A client of a pooler that holds this backend.
func link(_ pid: Int32, application: String = "checkout", address: String = "192.0.2.9") -> PoolerLinks {
    PoolerLinks([
        PoolerLink(
            backendPID: pid, poolerPort: nil, clientApplication: application, clientAddress: address,
            clientUser: "app")
    ])
}
