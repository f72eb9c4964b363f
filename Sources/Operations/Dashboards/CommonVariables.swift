/// The variables that several dashboards share: one name for one thing, so that a choice survives a change of dashboard.
enum CommonVariables {
    /// In-process pools have a target without `poolscope_target_info`; they are in no cluster.
    private static let everything = #"__name__=~"poolscope_target_info|poolscope_pool_saturation_ratio""#

    /// Data source, job, cluster and target, for anything that is watched.
    static let targets = [
        .datasource, job(of: "{\(everything)}"), cluster,
        target(
            "Targets: servers, poolers, and the pools within services.",
            of: #"{\#(everything), job=~"$job", cluster=~"$cluster"}"#),
    ]

    /// The same, for PostgreSQL servers only.
    static let servers = [
        .datasource, job(of: #"poolscope_target_info{kind="postgres"}"#), cluster,
        target(
            "PostgreSQL servers.", of: #"poolscope_target_info{job=~"$job", cluster=~"$cluster", kind="postgres"}"#),
    ]

    private static func job(of selector: String) -> DashboardVariable {
        .choice("job", label: "Job", "The scrape job of Poolscope.", of: (selector, "job"), all: ".*")
    }

    private static let cluster = DashboardVariable.choice(
        "cluster", label: "Cluster", "The cluster that the configuration gives to a target; All where none is given.",
        of: (#"poolscope_target_info{job=~"$job"}"#, "cluster"), all: ".*")

    /// “All” is each target of the chosen cluster, not any target: the series themselves do not carry the cluster.
    private static func target(_ description: String, of selector: String) -> DashboardVariable {
        .choice("target", label: "Target", description, of: (selector, "target"), all: nil)
    }

    /// The databases of servers. Series of sessions without a database are shown with All.
    static func database(of family: String) -> DashboardVariable {
        .choice(
            "database", label: "Database", "Databases of the chosen servers.",
            of: (#"\#(family){job=~"$job", target=~"$target"}"#, "datname"), all: ".*")
    }

    /// The roles of sessions.
    static func user(of family: String) -> DashboardVariable {
        .choice(
            "user", label: "User", "Roles in the chosen databases; for the panels that tell users apart.",
            of: (#"\#(family){job=~"$job", target=~"$target", datname=~"$database"}"#, "usename"), all: ".*")
    }
}
