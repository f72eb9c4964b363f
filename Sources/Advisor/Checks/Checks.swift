/// All checks, in the order in which they are told. To add one: its file, its test, a line here.
package enum Checks {
    package static let all: [any Check.Type] = [
        TargetReachable.self,
        // The checklist.
        ConnectionPoolUsed.self,
        ConnectionPerRequest.self,
        PoolSizeFitsSlots.self,
        PoolSizeFitsMachine.self,
        LeakedConnectionsCheck.self,
        IdleInTransaction.self,
        StatementTimeout.self,
        IdleInTransactionTimeout.self,
        LockTimeout.self,
        IdleSessionTimeout.self,
        Monitored.self,
        ServerlessThroughTransactionPooler.self,
        MigrationsOffTransactionPooler.self,
        // PgBouncer.
        PoolModeFitsClients.self,
        SessionStateShared.self,
        PreparedStatementsShared.self,
        PoolSizeFitsLoad.self,
        PoolsFitDatabaseLimit.self,
        ReservePool.self,
        ClientConnectionLimit.self,
        QueryWaitTimeout.self,
        WaitingWhileIdle.self,
        DatabasesOpen.self,
        ConnectionsRenewed.self,
        ServerIdleTimeout.self,
        ServerLifetime.self,
        StartupParameters.self,
        ConsoleAccess.self,
        PoolerAuthentication.self,
        PoolerTLS.self,
        // The server.
        ReservedSlots.self,
        RoleAndDatabaseLimits.self,
        SuperuserApplications.self,
        KeepAlives.self,
        MaxConnections.self,
        IdleShare.self,
        SessionsEndInOrder.self,
        StatementStatisticsLoaded.self,
    ]

    /// The check with this id.
    package static func check(_ id: String) -> (any Check.Type)? { all.first { $0.id == id } }
}
