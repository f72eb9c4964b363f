import Testing

@testable import Advisor

@Suite("the report in text")
struct TextReportTests {
    private func text(width: Int = 80, color: Bool = false, _ report: CheckReport = SampleReport.report) -> String {
        ReportFormat.text.write(report, style: TextStyle(width: width, hasColor: color))
    }

    @Test("findings with evidence and remedy, then the rest, then the sum")
    func content() throws {
        let text = text()
        let places = [
            "db1, pooler, db2", "CRITICAL  leaked-connections · db1", "leaked_connections 7", "→ Give connections back",
            "WARNING  statement-timeout · db1", "      ALTER ROLE \"web\" SET statement_timeout = '30s';",
            "INFO  statement-statistics", "Snoozed", "Until 2027-01-31: the new", "Passed", "Not judged", "not judged",
        ]
        var rest = text[...]
        for place in places {
            let range = try #require(rest.range(of: place), "“\(place)” is not where it belongs in:\n\(text)")
            rest = rest[range.upperBound...]
        }
        #expect(
            text.split(separator: "\n").last?.hasPrefix("4 findings (2 critical, 1 warning, 1 info), 1 snoozed, ")
                == true)
    }

    @Test("no line is wider than asked, but for lines to copy", arguments: [40, 60, 80, 120, 200])
    func width(_ width: Int) {
        for line in text(width: width).split(separator: "\n") where !line.hasPrefix("      ") {
            #expect(line.count <= width, "\(line)")
        }
    }

    @Test("colour is there only where it is wanted")
    func color() {
        #expect(!text().contains("\u{1B}"))
        #expect(text(color: true).contains("\u{1B}[1;31mCRITICAL\u{1B}[0m"))
    }

    @Test("names that clients chose steer no terminal")
    func hostile() {
        let text = text(color: true)
        #expect(text.contains("we|b`<i>??[31m"))
        #expect(!text.contains("<i>\n"))
    }

    @Test("what many checks have in common is said once")
    func collapsed() throws {
        let text = text()
        #expect(text.contains("checks  the target could not be read"))
        #expect(text.ranges(of: "the target could not be read").count == 1)
    }

    @Test("a report without findings says so, and one target's name is not repeated")
    func good() {
        let text = text(SampleReport.report([SampleFacts.server()]))
        #expect(text.contains("nothing found, "))
        #expect(text.ranges(of: "db1").count == 1)
    }
}
