import Exposition
import PoolVocabulary

/// The families of in-process pools.
///
/// Source of the `db_client_connection_` names, types and units: OpenTelemetry's semantic conventions for database
/// client metrics, as Prometheus writes them.
package enum ClientPoolFamilies {
    package static let poolName = "db_client_connection_pool_name"
    private static let labels = [poolName]

    /// From microseconds, what a warm pool takes, to minutes. The conventions advise no bounds for pools; these have all
    /// of `poolscope_pool_wait_seconds`, so that one histogram serves both.
    static let seconds = [0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5] + PoolFamilies.wait.buckets

    // As OpenTelemetry names them.

    static let count = FamilyDescriptor(
        "db_client_connection_count", .gauge, labels: labels + ["state"],
        help:
            "Open connections of an in-process pool. used: lent. idle: ready to be lent. Those that are being opened, "
            + "reset, asked for a sign of life or closed are neither: see poolscope_pool_connections.")
    static let idleMaximum = FamilyDescriptor(
        "db_client_connection_idle_max", .gauge, labels: labels,
        help: "Connections that may be open and idle at a time: as many as there may be at all, until idleTimeout.")
    static let idleMinimum = FamilyDescriptor(
        "db_client_connection_idle_min", .gauge, labels: labels,
        help: "Connections that the pool opens at its start and keeps.")
    static let maximum = FamilyDescriptor(
        "db_client_connection_max", .gauge, labels: labels,
        help: "Connections that the pool has at most, those included that are being opened and closed.")
    static let pending = FamilyDescriptor(
        "db_client_connection_pending_requests", .gauge, labels: labels, help: "Tasks that wait for a connection.")
    static let timeouts = FamilyDescriptor(
        "db_client_connection_timeouts_total", .counter, labels: labels,
        help: "Tasks that got no connection within acquireTimeout.")
    static let createTime = FamilyDescriptor(
        "db_client_connection_create_time_seconds", .histogram, unit: "seconds", labels: labels, buckets: seconds,
        help: "How long it took to open a connection, login included; failures are not in it.")
    static let waitTime = FamilyDescriptor(
        "db_client_connection_wait_time_seconds", .histogram, unit: "seconds", labels: labels, buckets: seconds,
        help:
            "How long tasks waited for the connection that they got; 0 when one was idle. Those that got none are not "
            + "in it.")
    static let useTime = FamilyDescriptor(
        "db_client_connection_use_time_seconds", .histogram, unit: "seconds", labels: labels, buckets: seconds,
        help: "How long connections were lent, counted when they came back.")

    // What the conventions lack.

    static let acquired = FamilyDescriptor(
        "poolscope_client_pool_leases_acquired_total", .counter, labels: labels, help: "Connections lent to a task.")
    static let released = FamilyDescriptor(
        "poolscope_client_pool_leases_released_total", .counter, labels: labels,
        help: "Leases that have ended, however. Those acquired are those released and the used ones of "
            + "db_client_connection_count, but for what changes while the page is made.")
    static let refused = FamilyDescriptor(
        "poolscope_client_pool_leases_refused_total", .counter, labels: labels + ["code"], openLabels: [poolName],
        help: "Tasks that asked for a connection and got none. code: acquire_timeout, too_many_waiters (refused at "
            + "once), cannot_connect, shutdown, cancelled (the task itself was).")
    static let leaked = FamilyDescriptor(
        "poolscope_client_pool_leases_leaked_total", .counter, labels: labels,
        help: "Leases that lasted longer than leakThreshold, counted once each, when they passed it.")
    static let opened = FamilyDescriptor(
        "poolscope_client_pool_connections_opened_total", .counter, labels: labels,
        help: "Connections opened. They are those closed and the busy and idle ones of poolscope_pool_connections, but "
            + "for what changes while the page is made.")
    static let openFailures = FamilyDescriptor(
        "poolscope_client_pool_connection_failures_total", .counter, labels: labels,
        help: "Attempts to open a connection that failed, or took longer than openTimeout.")
    static let closed = FamilyDescriptor(
        "poolscope_client_pool_connections_closed_total", .counter, labels: labels + ["reason"],
        openLabels: [poolName],
        help:
            "Connections closed. reason: idle (unused for idleTimeout), lifetime (older than maximumLifetime), broken, "
            + "in_transaction (came back inside a transaction), in_doubt (came back with an answer outstanding, or could "
            + "not be reset), shutdown.")
    static let keepAlives = FamilyDescriptor(
        "poolscope_client_pool_keepalives_total", .counter, labels: labels + ["outcome"], openLabels: [poolName],
        help: "Signs of life asked of unused connections. outcome: ok, error.")

    static let own = [
        count, idleMaximum, idleMinimum, maximum, pending, timeouts, createTime, waitTime, useTime, acquired, released,
        refused, leaked, opened, openFailures, closed, keepAlives,
    ]
    /// Those that in-process pools share with PgBouncer's and the server's slots.
    static let shared = PoolFamilies.all + [PoolFamilies.wait, PoolFamilies.waitsAbandoned]
}
