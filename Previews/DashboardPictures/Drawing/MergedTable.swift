import TestSupport

/// A cell's content: of a label, or of a query.
package enum TableValue: Sendable, Equatable {
    case label(String)
    case value(Double)
}

/// By field.
typealias TableRow = [String: TableValue]

/// The series of some queries as rows: Grafana's transformation “merge”.
///
/// Rows of two queries are one where they agree in every label that all queries have, and contradict each other nowhere.
package struct MergedTable: Sendable {
    /// In the order in which they came.
    package private(set) var fields: [String] = []
    package private(set) var rows: [[String: TableValue]] = []

    static let value = "Value"

    package init(_ answers: [PanelAnswer]) {
        let isAlone = answers.count == 1
        let filled = answers.filter { !$0.series.isEmpty }
        let labelSets = filled.map { answer in
            Set(answer.series.flatMap { $0.labels.keys }).subtracting(["__name__"])
        }
        let common = labelSets.dropFirst().reduce(labelSets.first ?? []) { $0.intersection($1) }
        for (answer, labels) in zip(filled, labelSets) {
            let field = isAlone ? Self.value : "\(Self.value) #\(answer.query.letter)"
            for name in labels.sorted() + [field] where !fields.contains(name) { fields.append(name) }
            for series in answer.series {
                guard let value = series.points.last?.value else { continue }
                var row = series.labels.filter { $0.key != "__name__" }.mapValues(TableValue.label)
                row[field] = .value(value)
                add(row, common)
            }
        }
    }

    private mutating func add(_ row: TableRow, _ common: Set<String>) {
        let place = rows.firstIndex { other in
            common.allSatisfy { other[$0] == row[$0] }
                && row.allSatisfy { other[$0.key] == nil || other[$0.key] == $0.value }
        }
        guard let place else { return rows.append(row) }
        rows[place].merge(row) { $1 }
    }

    /// The greatest first; those without a value last.
    func rows(sortedBy field: String) -> [TableRow] {
        func isGreater(_ one: TableValue?, _ other: TableValue?) -> Bool {
            switch (one, other) {
            case (.value(let one), .value(let other)): one > other
            case (.label(let one), .label(let other)): one > other
            case (.some, .none): true
            case (.none, _), (.value, .label), (.label, .value): false
            }
        }
        return rows.enumerated().sorted { one, other in
            let (first, second) = (one.element[field], other.element[field])
            return isGreater(first, second) || !isGreater(second, first) && one.offset < other.offset
        }.map(\.element)
    }
}
