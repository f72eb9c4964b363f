/// Where connections go, as far as an address says.
enum Hosts {
    /// Whether what is sent there stays on the machine. A list of addresses stays when each does.
    static func areLocal(_ list: String) -> Bool {
        list.split(separator: ",").allSatisfy { part in
            let host = part.filter { !$0.isWhitespace }.lowercased()
            return host.isEmpty || host.hasPrefix("/") || host.hasPrefix("unix") || host.hasPrefix("@")
                || host.hasPrefix("127.") || host == "::1" || host == "[::1]" || host == "localhost"
        }
    }
}
