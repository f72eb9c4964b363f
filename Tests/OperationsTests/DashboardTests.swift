import Foundation
import Operations
import Testing
import Yams

/// The form of the dashboards: what Grafana would show wrongly, or a person would not understand.
@Suite("dashboards")
struct DashboardTests {
    @Test("a dashboard is written in the one canonical form", arguments: Dashboard.all)
    func canonical(_ dashboard: Dashboard) throws {
        #expect(try Repository.text(dashboard.path) == dashboard.json.canonical() + "\n", "run `make generate`")
    }

    @Test("dashboards have uids of their own, and can be provisioned as they are")
    func identity() {
        let uids = Dashboard.all.compactMap(\.uid)
        #expect(!uids.isEmpty)
        #expect(uids.count == Dashboard.all.count)
        #expect(Set(uids).count == uids.count)
        for dashboard in Dashboard.all {
            #expect(dashboard.uid?.hasPrefix("poolscope-") == true)
            #expect(dashboard.json["id"] == .null)
            #expect(dashboard.json["editable"] == .bool(false))
            #expect(dashboard.json["__inputs"] == .null)
            #expect((36...39).contains(dashboard.json["schemaVersion"].integer ?? 0))
            #expect(dashboard.json["tags"].elements.contains(.string("poolscope")))
        }
    }

    @Test("panels have ids of their own, stay within the grid and do not overlap", arguments: Dashboard.all)
    func grid(_ dashboard: Dashboard) {
        let panels = dashboard.everyPanel
        #expect(Set(panels.compactMap(\.id)).count == panels.count)
        for (index, panel) in panels.enumerated() {
            let (columns, rows) = panel.cells
            #expect((0...24).contains(columns.lowerBound) && columns.upperBound <= 24, "\(panel.title)")
            #expect(rows.lowerBound >= 0 && !rows.isEmpty && !columns.isEmpty, "\(panel.title)")
            for other in panels.dropFirst(index + 1) {
                let apart = !columns.overlaps(other.cells.columns) || !rows.overlaps(other.cells.rows)
                #expect(apart, "\(panel.title) and \(other.title)")
            }
        }
    }

    @Test("the lines of the grid have no holes", arguments: Dashboard.all)
    func noHoles(_ dashboard: Dashboard) {
        for (top, line) in Dictionary(grouping: dashboard.everyPanel, by: \.cells.rows) {
            #expect(line.map(\.cells.columns.count).reduce(0, +) == 24, "at \(top)")
        }
    }

    @Test("every panel says what it means, when to worry and what to do next", arguments: Dashboard.all)
    func descriptions(_ dashboard: Dashboard) {
        for panel in dashboard.panels {
            #expect(!panel.title.isEmpty)
            let description = panel.json["description"].string ?? ""
            #expect(description.contains(/[Ww]orry/), "\(panel.title)")
            #expect(description.contains("Next:"), "\(panel.title)")
        }
        #expect(Set(dashboard.panels.map(\.title)).count == dashboard.panels.count)
    }

    @Test("every panel has a known unit, queries of its own and the chosen data source", arguments: Dashboard.all)
    func targets(_ dashboard: Dashboard) {
        let units: Set<String> = ["s", "short", "percentunit", "bytes", "Bps", "ops", "opm"]
        for panel in dashboard.panels {
            #expect(units.contains(panel.unit ?? ""), "\(panel.title)")
            #expect(panel.json["datasource"]["uid"].string == "${datasource}", "\(panel.title)")
            #expect(!panel.targets.isEmpty, "\(panel.title)")
            #expect(panel.targets.allSatisfy { $0["datasource"]["uid"].string == "${datasource}" }, "\(panel.title)")
            #expect(Set(panel.targets.map { $0["refId"] }).count == panel.targets.count, "\(panel.title)")
        }
    }

    @Test("exactly the variables that are defined are used", arguments: Dashboard.all)
    func variables(_ dashboard: Dashboard) {
        let defined = dashboard.variables.compactMap { $0["name"].string }
        #expect(Set(defined).count == defined.count)
        let used = dashboard.json.strings
            .flatMap { $0.matches(of: /\$\{?([A-Za-z_]+)/).map { String($0.1) } }
            .filter { !$0.hasPrefix("__") }
        #expect(Set(used) == Set(defined))
    }

    @Test(
        "every variable explains itself, is read anew with the time range, and asks for those before it only",
        arguments: Dashboard.all)
    func chained(_ dashboard: Dashboard) {
        var before: Set<String> = []
        for variable in dashboard.variables {
            let name = variable["name"].string ?? ""
            #expect(variable["label"].string?.isEmpty == false, "\(name)")
            #expect(variable["description"].string?.isEmpty == false, "\(name)")
            if variable["type"].string == "query" {
                #expect(variable["refresh"].integer == 2, "\(name)")
                #expect(variable["datasource"]["uid"].string == "${datasource}", "\(name)")
                #expect(variable["multi"] == .bool(true) && variable["includeAll"] == .bool(true), "\(name)")
                let asked = (variable["query"].string ?? "").matches(of: /\$([a-z]+)/).map { String($0.1) }
                #expect(Set(asked).isSubset(of: before), "\(name)")
            }
            before.insert(name)
        }
        #expect(dashboard.variables.filter { $0["type"].string == "datasource" }.count == 1)
    }

    @Test("every dashboard of the list is shipped, under its own name")
    func complete() {
        #expect(Set(Dashboard.all.compactMap(\.uid)) == Set(DashboardID.allCases.map(\.rawValue)))
        #expect(Dashboards.all.map(\.id) == DashboardID.allCases)
        for dashboard in Dashboard.all {
            #expect(DashboardID(rawValue: dashboard.uid ?? "")?.path == dashboard.path)
        }
    }

    @Test(
        "restarts, changes of the configuration and firing alerts are drawn into the graphs", arguments: Dashboard.all)
    func annotations(_ dashboard: Dashboard) {
        let annotations = dashboard.json["annotations"]["list"].elements.filter { $0["builtIn"] == .null }
        #expect(annotations.count == 4)
        for annotation in annotations {
            #expect(annotation["datasource"]["uid"].string == "${datasource}")
            let labels = QueryText(annotation["expr"].string ?? "").labels(in: .shared)
            let named = (annotation["titleFormat"].string ?? "").matches(of: /\{\{([a-z_]+)\}\}/).map { String($0.1) }
            #expect(!named.isEmpty && Set(named).isSubset(of: labels))
        }
    }

    @Test("the example for provisioning loads a folder, and lets nobody edit what the next version replaces")
    func provisioning() throws {
        let file = try YAMLDecoder().decode(
            ProvisioningFile.self, from: Repository.text("dashboards/provisioning.yml"))
        #expect(file.apiVersion == 1)
        let provider = try #require(file.providers.first)
        #expect(provider.type == "file" && !provider.allowUiUpdates && provider.options.path.hasPrefix("/"))
    }

    private struct ProvisioningFile: Decodable {
        struct Provider: Decodable {
            struct Options: Decodable { let path: String }
            let type: String
            let allowUiUpdates: Bool
            let options: Options
        }
        let apiVersion: Int
        let providers: [Provider]
    }
}
