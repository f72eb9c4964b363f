import Observations

extension Refusal {
    /// The limit that was full, as a recording names it.
    var recordedLimit: String {
        switch self {
        case .server: "server"
        case .role: "role"
        case .database: "database"
        case .clientSlots: "client_slots"
        case .userClients: "user_clients"
        case .databaseClients: "database_clients"
        }
    }

    /// Whose limit it is; nil where there is only one.
    var recordedName: String? {
        switch self {
        case .server, .clientSlots: nil
        case .role(let name), .database(let name), .userClients(let name), .databaseClients(let name): name
        }
    }

    /// Nil for what this version does not know.
    init?(recordedLimit limit: String, name: String?) {
        switch (limit, name) {
        case ("server", _): self = .server
        case ("client_slots", _): self = .clientSlots
        case ("role", let name?): self = .role(name)
        case ("database", let name?): self = .database(name)
        case ("user_clients", let name?): self = .userClients(name)
        case ("database_clients", let name?): self = .databaseClients(name)
        default: return nil
        }
    }
}
