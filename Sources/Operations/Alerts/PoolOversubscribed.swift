import Practice

extension AlertRule {
    private static let usable =
        "(cluster:poolscope_server_slots:max - \(number(Thresholds.Oversubscription.spareSlots)))"

    static let poolOversubscribed = AlertRule(
        .poolOversubscribed, .warning,
        comment: """
            A ticket: if all pools fill at once, the server refuses connections, and PgBouncer's clients wait for \
            nothing. Where a cluster has one server, all its pools lead there, whatever they call it. Where it has \
            several, pools are added up by the address that they lead to, and compared with the server that has most \
            slots: which address is which server nobody tells us.
            """,
        expression: """
            sum by (job, cluster) (backend:poolscope_pool_size:sum)
            > on (job, cluster)
            \(usable)
            and on (job, cluster)
            cluster:poolscope_server_slots:count == 1
            or
            backend:poolscope_pool_size:sum
            > on (job, cluster) group_left ()
            \(usable)
            and on (job, cluster)
            cluster:poolscope_server_slots:count > 1
            """,
        for: "1h",
        summary: """
            The pools of cluster {{ $labels.cluster }} may open {{ $value | humanize }} connections, too many for the \
            server
            """,
        description: """
            PgBouncer's pools in cluster {{ $labels.cluster }}\
            {{ with $labels.backend }} that lead to {{ . }}{{ end }} may open {{ $value | humanize }} connections \
            together, reserves included.\
            \(AlertText.lookup(
                "cluster:poolscope_server_slots:max", sharing: ["job", "cluster"],
                " The server has \(AlertText.value()) slots that are not reserved.")) At least \
            \(number(Thresholds.Oversubscription.spareSlots)) should stay free for those who come without a pool.
            """,
        dashboard: .cluster)
}

extension RecordingRule {
    /// PgBouncer's databases are called `name` in SHOW DATABASES and `database` in SHOW POOLS.
    static func byName(_ selector: String) -> String {
        "label_replace(\(selector), \"database\", \"$1\", \"name\", \"(.*)\")"
    }

    static let databasePoolSizes = RecordingRule(
        "database:poolscope_pool_size:sum",
        comment: """
            Server connections that all pools of a PgBouncer database may open together: the sum of their sizes, \
            reserves included, or the database's own limit where that is less.
            """,
        expression: """
            (
                max by (job, instance, target, database) (
                  \(byName("pgbouncer_databases_max_connections > 0"))
                )
              < on (job, instance, target, database)
                sum by (job, instance, target, database) (poolscope_pool_size{pooler="pgbouncer"})
            )
            or
            sum by (job, instance, target, database) (poolscope_pool_size{pooler="pgbouncer"})
            """)

    static let databaseBackend = RecordingRule(
        "database:pgbouncer_backend:group",
        comment: """
            Always 1: where a PgBouncer database leads to. An address of the machine itself means another server \
            beside each PgBouncer.
            """,
        expression: """
            group by (job, instance, target, database, backend) (
              label_replace(
                label_replace(
                  label_replace(
                    label_join(pgbouncer_databases_pool_size, "backend", "|", "host", "port", "target", "instance"),
                    "backend", "port $1 beside $2 at $3",
                    "backend", "(?:localhost|127[.].*|::1|/.*|)[|](.*)[|](.*)[|](.*)"
                  ),
                  "backend", "$1:$2", "backend", "(.+)[|](.*)[|].*[|].*"
                ),
                "database", "$1", "name", "(.*)"
              )
            )
            """)

    static let backendPoolSizes = RecordingRule(
        "backend:poolscope_pool_size:sum",
        comment: """
            Server connections that all pools of a cluster may open to one address. A database of two addresses, for \
            the moment in which its configuration changes, is left out.
            """,
        expression: """
            sum by (job, cluster, backend) (
                database:poolscope_pool_size:sum
              * on (job, instance, target, database) group_left (backend)
                (
                    database:pgbouncer_backend:group
                  unless on (job, instance, target, database)
                    count by (job, instance, target, database) (database:pgbouncer_backend:group) > 1
                )
              * on (job, instance, target) group_left (cluster)
                \(targetCluster)
            )
            """)

    /// 1 for each target that belongs to a cluster, whatever else is told of it.
    private static let targetCluster =
        "group by (job, instance, target, cluster) (poolscope_target_info{cluster!=\"\"})"

    private static let slots = """
        poolscope_pool_size{pooler="server"}
          * on (job, instance, target) group_left (cluster)
            \(targetCluster)
        """

    static let clusterSlots = RecordingRule(
        "cluster:poolscope_server_slots:max",
        comment: "Slots that are not reserved, of the cluster's server with most of them.",
        expression: "max by (job, cluster) (\n    \(slots)\n)")

    static let clusterServers = RecordingRule(
        "cluster:poolscope_server_slots:count",
        comment: "How many servers of the cluster are watched.",
        expression: "count by (job, cluster) (\n    \(slots)\n)")
}
