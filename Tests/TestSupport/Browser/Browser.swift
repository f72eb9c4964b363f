import Demo
import Foundation

/// A headless Chromium that looks at one page, through `browser.py` beside this file.
package enum Browser {
    /// How a page is looked at.
    package struct View: Encodable, Sendable {
        package let name: String
        package let width: Int
        package let height: Int
        package var dark = false
        package var touch = false
        package var scale = 1

        package init(
            _ name: String, width: Int, height: Int, dark: Bool = false, touch: Bool = false, scale: Int = 1
        ) {
            self.name = name
            self.width = width
            self.height = height
            self.dark = dark
            self.touch = touch
            self.scale = scale
        }
    }

    /// What it saw.
    package struct Look: Decodable, Sendable {
        package struct View: Decodable, Sendable {
            package let name: String
            /// What axe-core complains of: rule, help and the elements.
            package let violations: [String]
            /// How many pixels the page is wider than the window.
            package let overflow: Int
        }

        package let views: [View]
        /// What the expression to evaluate gave.
        package let value: String?
        /// Errors and warnings of the console, uncaught exceptions, violations of the content security policy.
        package let messages: [String]
    }

    package struct Complaint: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Job: Encodable {
        let chromium: String
        let url: String
        let views: [View]
        let wait: String?
        let axe: String
        let evaluate: String?
        let shots: String?
    }

    /// Opens a page, and judges it in each view with axe-core.
    /// - Parameters:
    ///   - wait: JavaScript that becomes true when the page is ready to be judged.
    ///   - evaluate: JavaScript for the first view, whose value is a string.
    ///   - shots: A folder for a picture of each view.
    package static func look(
        at url: String, in views: [View], once wait: String? = nil, evaluate: String? = nil, shots: String? = nil
    ) async throws -> Look {
        let job = Job(
            chromium: "chromium", url: url, views: views, wait: wait,
            axe: "\(PostgresBinaries.cache)/axe-core/axe.min.js", evaluate: evaluate, shots: shots)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "browser.py").path()
        let outcome = try await runTool(
            "python3", [script], input: String(decoding: try JSONEncoder().encode(job), as: UTF8.self),
            timeout: .seconds(180))
        guard outcome.status == 0 else { throw Complaint(description: String(outcome.error.suffix(2_000))) }
        return try JSONDecoder().decode(Look.self, from: Data(outcome.output.utf8))
    }
}
