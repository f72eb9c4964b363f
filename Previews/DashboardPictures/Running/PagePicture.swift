import Demo
import Foundation
import TestSupport

/// Takes a picture of a page with a headless Chromium.
package enum PagePicture {
    /// Writes `<name>.png`, as large as the page.
    ///
    /// - Throws: a sentence, also where the page does not fit into its own width or the browser complains of it.
    package static func take(of page: DashboardPage, named name: String, into folder: URL) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "poolscope-\(UUID().uuidString).html")
        try Data(page.html.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let view = Browser.View(name, width: page.width, height: page.height, dark: true)
        let look = try await Browser.look(at: file.absoluteString, in: [view], shots: folder.path())
        guard look.messages.isEmpty else {
            throw PreviewError("the page of \(name) has errors: \(look.messages.joined(separator: "; "))")
        }
        guard look.views.allSatisfy({ $0.overflow <= 0 }) else {
            throw PreviewError("the page of \(name) is wider than it says")
        }
        try await shrink(folder.appending(path: "\(name).png").path())
    }

    /// Fewer colours, in place: a third of the bytes, which looks the same.
    private static func shrink(_ file: String) async throws {
        let outcome = try await Tool.run(
            "pngquant", ["--force", "--strip", "--nofs", "--speed", "1", "--output", file, "128", file])
        guard outcome.status == 0 else {
            throw PreviewError("pngquant cannot make \(file) smaller: \(outcome.error.prefix(500))")
        }
    }
}
