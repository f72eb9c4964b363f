import Foundation

/// The status report as `/api/v1/status` sends it.
enum StatusJSON {
    static func encode(_ report: StatusReport) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(report)) + [UInt8(ascii: "\n")]
        } catch {
            // All numbers are finite: `SnapshotFigures` leaves the others out.
            preconditionFailure("the status report cannot be encoded: \(error)")
        }
    }
}
