import Foundation
import SwiftProtobuf

/// Reads pages in protobuf with swift-protobuf.
package enum ClientModelReader {
    package struct Superfluous: Error {
        package let bytes: Int
    }

    /// The families of a page, each after its length.
    /// - Throws: also when swift-protobuf would write them in fewer bytes, for it then looks for more families.
    package static func read(_ page: [UInt8]) throws -> [Io_Prometheus_Client_MetricFamily] {
        let stream = InputStream(data: Data(page))
        stream.open()
        defer { stream.close() }
        var families: [Io_Prometheus_Client_MetricFamily] = []
        var size = 0
        while size < page.count {
            let family = try BinaryDelimited.parse(messageType: Io_Prometheus_Client_MetricFamily.self, from: stream)
            let length = try (family.serializedBytes() as [UInt8]).count
            size += length + max(1, (Int.bitWidth - length.leadingZeroBitCount + 6) / 7)
            families.append(family)
        }
        guard size == page.count else { throw Superfluous(bytes: page.count - size) }
        return families
    }
}
