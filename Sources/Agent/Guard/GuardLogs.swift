import Sessions

/// The audit logs of all guards: each file is opened once, before anything is done.
struct GuardLogs: Sendable {
    private var files: [String: AuditLog] = [:]

    /// - Throws: When a file cannot be opened: without it the guard must not act.
    init(_ configuration: AgentConfiguration) throws(SessionsError) {
        for target in configuration.targets where target.isGuarded {
            guard let path = target.guardSettings.auditLog, files[path] == nil else { continue }
            files[path] = try AuditLog(path: path)
        }
    }

    /// Nil where none is configured.
    func file(for target: TargetConfiguration) -> AuditLog? { target.guardSettings.auditLog.flatMap { files[$0] } }
}

extension TargetConfiguration {
    /// Whether its guard does anything, if only to say what it would do.
    var isGuarded: Bool { kind == .postgres && !guardSettings.policies(for: name).isEmpty }
}
