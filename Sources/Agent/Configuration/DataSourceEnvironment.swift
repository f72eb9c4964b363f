/// The variables in which people who come from postgres_exporter have their target.
///
/// `DATA_SOURCE_NAME` is one connection string, or several URIs with commas between them. Without it,
/// `DATA_SOURCE_URI` is a URI without `postgresql://`, to which `DATA_SOURCE_USER` and `DATA_SOURCE_PASS` (or the path
/// in `DATA_SOURCE_PASS_FILE`) add the rest.
package struct DataSourceEnvironment: Sendable {
    var name: String?
    var uri: String?
    var user: String?
    var password: String?
    var passwordFile: String?
    /// Variables of postgres_exporter that are set and not understood.
    var unsupported: [String]

    /// No target.
    package static let none = DataSourceEnvironment([:])

    /// - Parameter environment: the environment of the process. An empty variable is as good as none.
    package init(_ environment: [String: String]) {
        func value(_ variable: String) -> String? {
            environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        }
        name = value("DATA_SOURCE_NAME")
        uri = value("DATA_SOURCE_URI")
        user = value("DATA_SOURCE_USER")
        password = value("DATA_SOURCE_PASS")
        passwordFile = value("DATA_SOURCE_PASS_FILE")
        unsupported = ["DATA_SOURCE_URI_FILE", "DATA_SOURCE_USER_FILE"].filter { value($0) != nil }
    }

    /// The connection strings in `DATA_SOURCE_NAME`. A URI may have commas of its own (`postgresql://a,b/app`), so that
    /// only a comma before a URI parts two of them, and in the key=value form none does.
    var names: [String] {
        guard let name else { return [] }
        let schemes = ["postgresql://", "postgres://"]
        guard schemes.contains(where: name.hasPrefix) else { return [name] }
        return name.split(separator: ",", omittingEmptySubsequences: false).reduce(into: []) { names, piece in
            let start = piece.drop { $0 == " " }
            if names.isEmpty || schemes.contains(where: start.hasPrefix) {
                names.append(String(start))
            } else {
                names[names.count - 1] += "," + piece
            }
        }
    }
}
