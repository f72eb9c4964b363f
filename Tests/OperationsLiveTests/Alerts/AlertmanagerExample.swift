import Yams

/// Alertmanager's configuration for a test: the shipped one with other receivers and shorter times.
enum AlertmanagerExample {
    /// Each receiver becomes a webhook at `url/<its name>`; groups are told of at once.
    ///
    /// - Throws: `Unreadable` when the text is not what Alertmanager would take.
    static func forTest(_ text: String, webhook url: String) throws -> String {
        guard var top = try Yams.load(yaml: text) as? [String: Any],
            let receivers = top["receivers"] as? [[String: Any]], let route = top["route"] as? [String: Any]
        else { throw Unreadable() }
        top["receivers"] = try receivers.map { receiver -> [String: Any] in
            guard let name = receiver["name"] as? String else { throw Unreadable() }
            return [
                "name": name, "webhook_configs": [["url": "\(url)/\(name)", "send_resolved": true] as [String: Any]],
            ]
        }
        top["route"] = hasty(route)
        // Credentials and addresses of mail servers: nothing is mailed here.
        top["global"] = nil
        top["templates"] = nil
        return try Yams.dump(object: top)
    }

    private static func hasty(_ route: [String: Any]) -> [String: Any] {
        var route = route
        route["group_wait"] = "1s"
        route["group_interval"] = "1s"
        route["repeat_interval"] = "1h"
        if let routes = route["routes"] as? [[String: Any]] { route["routes"] = routes.map(hasty) }
        return route
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description = "alertmanager.yml has no receivers with names, or no route"
    }
}
