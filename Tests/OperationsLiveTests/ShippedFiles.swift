import Foundation
import Operations
import OperationsSupport

/// The files of this repository that people copy: dashboards, rules, runbooks.
///
/// Whatever is committed is covered: nothing here knows their names.
enum ShippedFiles {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path())
    }

    /// Paths, sorted.
    private static func files(in folder: String, withExtension name: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path())) ?? []
        return names.filter { $0.hasSuffix("." + name) }.sorted().map { folder + "/" + $0 }
    }

    /// Every dashboard.
    static let dashboards: [ShippedDashboard] = files(in: "dashboards", withExtension: "json").map { path in
        do {
            return try ShippedDashboard(path: path, json: JSONDecoder().decode(JSON.self, from: Data(text(path).utf8)))
        } catch {
            preconditionFailure("\(path) cannot be read: \(error)")
        }
    }

    /// Every file of rules, by its path: what has groups, which Alertmanager's example has not.
    static let rules: [String: RuleDocument] = {
        do {
            let pairs = try files(in: "alerts", withExtension: "yml").compactMap { path in
                try RuleDocument(parsing: text(path)).map { (path, $0) }
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        } catch {
            preconditionFailure("alerts/*.yml cannot be read: \(error)")
        }
    }()

    /// Those for Poolscope's own metrics.
    static let ownRules = rules.filter { $0.value.asksForPoolscope }

    /// Those for people who keep the peers' exporters.
    static let peerRules = rules.filter { !$0.value.asksForPoolscope }

    /// The alerts that are shipped.
    static let alertNames = Set(
        ownRules.values.flatMap(\.groups).flatMap(\.rules).compactMap(\.alert).compactMap(AlertName.init(rawValue:)))

    static let alertmanager = "alerts/alertmanager.yml"

    /// Paths of all runbooks.
    static let runbooks = files(in: "docs/runbooks", withExtension: "md")
}
