import Testing

@testable import Advisor

@Suite("the report in Markdown")
struct MarkdownReportTests {
    private let text = ReportFormat.markdown.write(SampleReport.report, style: TextStyle(width: 80, hasColor: true))

    @Test("a section for each finding, with its remedy in a block")
    func sections() {
        #expect(text.contains("## Critical: db1: leaked-connections"))
        #expect(text.contains("| leaked\\_connections | 7 |"))
        #expect(text.contains("```sql\nALTER ROLE \"web\" SET statement_timeout = '30s';\n```"))
        #expect(text.contains("## Snoozed") && text.contains("## Passed") && text.contains("## Not judged"))
    }

    @Test("names that clients chose are text, not markup, and end no block")
    func hostile() {
        #expect(text.contains("“we\\|b\\`\\<i\\>??\\[31m”"))
        #expect(!text.contains("\u{1B}"))
        // Every table row has as many cells as its header.
        for table in text.components(separatedBy: "\n\n") where table.hasPrefix("| ") {
            let cells = table.split(separator: "\n").map { row in
                row.replacing("\\|", with: "").count { $0 == "|" }
            }
            #expect(Set(cells).count == 1, "\(table)")
        }
    }
}
