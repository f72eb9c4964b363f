import Exposition
import Observations

/// The labels by which a session that does harm is told: who it is for the server, and the client behind it.
enum SessionLabels {
    static let names = ["datname", "usename", "application_name", "client_application", "client_address"]

    /// - Parameter link: The client of a pooler that holds this backend now; nil when none is known: then the client is
    ///   the session's own. No process id: it would make a new series of every session.
    static func labels(of row: ActivityRow, behind link: PoolerLink?) -> Labels {
        // A background process has no application; what it is says more.
        let application = row.isClientBackend ? row.applicationName : row.backendType ?? row.applicationName
        let client = link?.clientApplication ?? ""
        return [
            "datname": row.database ?? "", "usename": row.user ?? "", "application_name": application,
            // PgBouncer tells the client's application from 1.18 on; before that it hands it on to the server.
            "client_application": client.isEmpty ? application : client,
            "client_address": link?.clientAddress ?? row.clientAddress ?? "",
        ]
    }

    /// The labels of a session that `pg_stat_activity` did not show.
    static func unknown(database: String) -> Labels {
        Labels(names.map { Label($0, $0 == "datname" ? database : "") })
    }
}
