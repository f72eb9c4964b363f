import Foundation
import Operations
import Testing

/// Where the dashboards lead.
@Suite("dashboard links")
struct DashboardLinkTests {
    @Test("every dashboard links to the others with the same time and choices", arguments: Dashboard.all)
    func dropDown(_ dashboard: Dashboard) {
        let links = dashboard.json["links"].elements
        let others = links.first { $0["type"].string == "dashboards" } ?? .null
        #expect(others["tags"] == ["poolscope"] && others["asDropdown"] == true)
        #expect(others["keepTime"] == true && others["includeVars"] == true)
    }

    @Test(
        "a series or cell leads to a dashboard that is shipped, and sets variables that it has",
        arguments: Dashboard.all)
    func dataLinks(_ dashboard: Dashboard) throws {
        for panel in dashboard.panels {
            for url in panel.dataLinks {
                let link = try #require(url.wholeMatch(of: /\/d\/([a-z-]+)\?(.*)/), "\(panel.title): \(url)")
                let other = try #require(Dashboard.all.first { $0.uid == String(link.1) }, "\(panel.title): \(url)")
                let defined = Set(other.variables.compactMap { $0["name"].string })
                let set = link.2.matches(of: /var-([a-z]+)=|\$\{([a-z]+):queryparam\}/)
                    .compactMap { ($0.1 ?? $0.2).map(String.init) }
                #expect(Set(set).isSubset(of: defined), "\(panel.title): \(url)")
                #expect(Set(set).count == set.count, "\(panel.title): \(url)")
                #expect(set.contains("datasource") && url.hasSuffix("${__url_time_range}"), "\(panel.title): \(url)")
            }
        }
    }

    @Test("a link takes labels that the series has, and columns that the table shows", arguments: Dashboard.all)
    func sources(_ dashboard: Dashboard) {
        for panel in dashboard.panels {
            let labels = panel.queries.reduce(into: Set<String>()) {
                $0.formUnion(QueryText($1.expression).labels(in: .shared))
            }
            let renamed = panel.json["transformations"].elements.last?["options"]["renameByName"].strings ?? []
            for url in panel.dataLinks {
                for source in url.matches(of: /\$\{__(field\.labels|data\.fields)\.([A-Za-z_ ]+)\}/) {
                    let known = source.1 == "field.labels" ? labels : Set(renamed)
                    #expect(known.contains(String(source.2)), "\(panel.title): \(url)")
                }
            }
        }
    }

    @Test("every dashboard but that on Poolscope itself leads on to another", arguments: Dashboard.all)
    func leadsOn(_ dashboard: Dashboard) {
        guard dashboard.uid != DashboardID.poolscope.rawValue else { return }
        let elsewhere = dashboard.panels.flatMap(\.dataLinks).filter { !$0.contains("/d/\(dashboard.uid ?? "")?") }
        #expect(!elsewhere.isEmpty)
    }

    @Test("links to texts of this project lead to files that exist", arguments: Dashboard.all)
    func files(_ dashboard: Dashboard) {
        let paths = dashboard.json.strings.compactMap { $0.firstMatch(of: /\/(?:blob|tree)\/main\/(.+)$/) }
        #expect(!paths.isEmpty)
        for path in Set(paths.map { String($0.1) }) {
            #expect(Repository.exists(path), "\(path)")
        }
    }
}
