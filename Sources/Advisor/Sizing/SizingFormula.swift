/// The rule of thumb: connections that are at work at the same time = cores × 2 + effective spindles.
///
/// Beyond that a server that is busy gets no faster: its sessions only wait for each other.
package struct SizingFormula: Sendable, Equatable {
    package let cores: Int
    /// Effective ones: 0 where all data is cached in memory, 1 for an SSD.
    package let spindles: Int
    /// Whether the spindles are an assumption, for want of a better number.
    package let assumesSpindles: Bool

    package static let coresBounds = 1...10_000
    package static let spindlesBounds = 0...10_000

    /// - Parameter spindles: Nil: an SSD is assumed.
    /// - Throws: When a number is out of bounds.
    package init(cores: Int, spindles: Int? = nil) throws(SizingError) {
        guard Self.coresBounds.contains(cores) else {
            throw SizingError("\(cores) cores: from 1 to \(Self.coresBounds.upperBound) can be calculated with")
        }
        guard Self.spindlesBounds.contains(spindles ?? 1) else {
            throw SizingError(
                "\(spindles ?? 1) spindles: from 0 to \(Self.spindlesBounds.upperBound) can be calculated with")
        }
        self.cores = cores
        self.spindles = spindles ?? 1
        assumesSpindles = spindles == nil
    }

    package var connections: Int { cores * 2 + spindles }
}
