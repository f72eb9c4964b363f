extension ConnectionString {
    private static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    /// What libpq would find only when it connects, found at once. Only values that cannot be a secret are quoted.
    static func checkValues(_ values: [String: String]) throws(PostgresError) {
        let hosts = (values["hostaddr"] ?? values["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ports = (values["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        for port in ports where !port.isEmpty {
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw invalid("the port is not between 1 and 65535")
            }
        }
        guard ports.count == 1 || ports.count == hosts.count else {
            throw invalid(
                "there are \(ports.count) ports for \(hosts.count) hosts; give one port, or one for each host")
        }
        if let mode = values["sslmode"], !mode.isEmpty, !sslModes.contains(mode) {
            throw invalid("the sslmode is none of \(sslModes.joined(separator: ", "))")
        }
        if let timeout = values["connect_timeout"], !timeout.isEmpty, Int(timeout) == nil {
            throw invalid("the connect_timeout is not a whole number of seconds")
        }
    }
}
