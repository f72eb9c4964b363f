/// The load of a target that is watched: all of a watch that ends, the last minutes of one that does not.
///
/// An agent's load of a minute would say another size every minute. So two meters take turns: what is told has been
/// measured over `span` at least, as soon as there was so much time, and over twice that at most.
package struct RecentLoad: Sendable {
    /// In seconds; from so long on a measurement may be of high confidence.
    package static let span = 300.0
    /// Without an end, counters are looked at no more often than this, in seconds.
    private static let pace = 5.0

    private let origin: LoadMeasurement.Origin
    private let isEndless: Bool
    private var current: LoadMeter
    private var previous: LoadMeter?
    private var lastTime: Double?

    /// - Parameters:
    ///   - origin: What is watched.
    ///   - isEndless: Whether the watch has no end.
    package init(origin: LoadMeasurement.Origin, isEndless: Bool) {
        self.origin = origin
        self.isEndless = isEndless
        current = LoadMeter(origin: origin)
    }

    /// Whether it is time for a look.
    package func isDue(at time: Double) -> Bool {
        guard let lastTime else { return true }
        // A clock that was set back must not end the looks.
        return time < lastTime || time - lastTime >= (isEndless ? Self.pace : 0.001)
    }

    /// Takes in a look. One that is earlier than the last says that the clock was set back: all begins anew.
    package mutating func add(_ reading: LoadReading) {
        if let lastTime, reading.time <= lastTime { (previous, current) = (nil, LoadMeter(origin: origin)) }
        lastTime = reading.time
        current.add(reading)
        guard isEndless, current.window >= 2 * Self.span else { return }
        previous = current
        current = LoadMeter(origin: origin)
        current.add(reading)
    }

    /// What it comes to so far.
    package var measurement: Known<LoadMeasurement> {
        let meter = current.window >= Self.span ? current : previous ?? current
        do throws(SizingError) {
            return .known(try meter.measurement())
        } catch {
            return .unknown(why: error.description)
        }
    }
}
