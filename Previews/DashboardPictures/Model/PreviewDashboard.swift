import Foundation
import Operations
import OperationsSupport

/// A dashboard, as its JSON says it.
package struct PreviewDashboard: Sendable {
    /// From the root of the repository.
    package let path: String
    package let title: String
    package let variables: [(label: String, variable: GrafanaVariable)]
    package let panels: [PreviewPanel]
    package let annotations: [PreviewAnnotation]

    /// - Throws: a sentence that names the file, about what cannot be read or drawn.
    package init(path: String, text: String) throws(PreviewError) {
        self.path = path
        let json: JSON
        do {
            json = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
        } catch {
            throw PreviewError("\(path) is no JSON: \(error)")
        }
        do throws(PreviewError) {
            title = json["title"].string ?? path
            variables = json["templating"]["list"].elements.map { variable in
                (variable["label"].string ?? variable["name"].string ?? "", GrafanaVariable(variable))
            }
            var panels: [PreviewPanel] = []
            for panel in json["panels"].elements { panels.append(try PreviewPanel(panel)) }
            self.panels = panels
            var annotations: [PreviewAnnotation] = []
            for annotation in json["annotations"]["list"].elements where annotation["expr"].string != nil {
                annotations.append(try PreviewAnnotation(annotation))
            }
            self.annotations = annotations
        } catch {
            throw PreviewError("\(path): \(error)")
        }
    }

    /// `pools` for `dashboards/pools.json`.
    package var name: String { URL(filePath: path).deletingPathExtension().lastPathComponent }

    /// Every dashboard that is shipped.
    package static func shipped() throws(PreviewError) -> [PreviewDashboard] {
        var all: [PreviewDashboard] = []
        for file in GeneratedFiles.dashboards where file.path.hasSuffix(".json") {
            all.append(try PreviewDashboard(path: file.path, text: file.text))
        }
        return all
    }
}
