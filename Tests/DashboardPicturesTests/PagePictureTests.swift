import DashboardPictures
import Foundation
import TestSupport
import Testing

/// The last step, with a real browser.
@Suite("pictures of the previews", .timeLimit(.minutes(5)))
struct PagePictureTests {
    @Test("a dashboard becomes a picture as large as its page, also with hostile names in it")
    func picture() async throws {
        let panel = #"""
            {"title": "<b>P</b>", "type": "timeseries", "gridPos": {"x":0,"y":0,"w":12,"h":9},
            "targets": [{"refId": "A", "expr": "up", "legendFormat": "{{target}}"}]}
            """#
        let dashboard = try PreviewDashboard(path: "d.json", text: #"{"title": "D", "panels": [\#(panel)]}"#)
        let grid = TimeGrid(span: .init(start: 1_700_000_000, end: 1_700_000_060), step: 2)
        let drawings = dashboard.panels.map { panel in
            PanelDrawing(
                panel,
                panel.queries.map { query in
                    let points = (0...30).map {
                        PrivatePrometheus.Point(time: grid.span.start + Double($0) * 2, value: Double($0 % 7))
                    }
                    let labels = ["target": #"</div><script>console.error("in")</script>"#]
                    return PanelAnswer(query: query, series: [.init(labels: labels, points: points)])
                }, grid)
        }
        let page = DashboardPage(title: "D", choices: [("Job", "All")], grid: grid, panels: drawings)
        let folder = FileManager.default.temporaryDirectory.appending(path: "previews-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // It throws when the browser complains of anything, as it would of a script that ran.
        try await PagePicture.take(of: page, named: "d", into: folder)
        let png = Array(try Data(contentsOf: folder.appending(path: "d.png")))
        try #require(png.count > 1_000 && png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        func number(at place: Int) -> Int { png[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        #expect(number(at: 16) == page.width)
        #expect(number(at: 20) == page.height)
    }
}
