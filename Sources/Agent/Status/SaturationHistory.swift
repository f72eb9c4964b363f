import Exposition

/// The saturation of each pool over the last minutes: the highest of every few seconds.
///
/// Pure: it takes the time as a value. Its size is bounded by pools × slots.
struct SaturationHistory {
    /// Seconds for which one value stands.
    static let resolution = 5
    /// Ten minutes.
    static let slots = 120
    /// Pools beyond these are not remembered, only shown.
    static let pools = 500

    private struct Track {
        /// Oldest first; nil where nothing was known.
        var values: [Double?]
        /// The number of the slot that comes last.
        var last: Int
    }

    private var tracks: [Labels: Track] = [:]
    /// The slot at whose beginning old tracks were forgotten.
    private var sweptAt: Int?

    /// Takes in what holds at a time, in seconds since 1970. A time before the last one counts as the last.
    mutating func record(_ saturations: [Labels: Double], at seconds: Double) {
        let slot = Int(seconds) / Self.resolution
        for (pool, value) in saturations {
            if tracks[pool] == nil && tracks.count >= Self.pools { continue }
            var track = tracks[pool] ?? Track(values: [], last: slot - 1)
            Self.advance(&track, to: slot)
            let newest = track.values.count - 1
            track.values[newest] = max(track.values[newest] ?? value, value)
            tracks[pool] = track
        }
        guard slot != sweptAt else { return }
        sweptAt = slot
        tracks = tracks.filter { slot - $0.value.last < Self.slots }
    }

    /// The values of a pool up to a time, oldest first; the last one is that of the present slot.
    func values(of pool: Labels, at seconds: Double) -> [Double?] {
        guard var track = tracks[pool] else { return [] }
        Self.advance(&track, to: Int(seconds) / Self.resolution)
        return track.values
    }

    private static func advance(_ track: inout Track, to slot: Int) {
        let missed = min(slot - track.last, slots)
        guard missed > 0 else {
            if track.values.isEmpty { track.values = [nil] }
            return
        }
        track.values.append(contentsOf: repeatElement(nil, count: missed))
        track.values.removeFirst(max(0, track.values.count - slots))
        track.last = slot
    }
}
