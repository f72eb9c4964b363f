/// In which order things came the last time. They mostly come in the same one again, and to look whether the expected one
/// has come costs less than to look it up by its hash.
struct ArrivalOrder {
    private var places: [Int] = []
    private var next = 0

    /// Where the next one belongs if it is the one that came here the last time.
    var expected: Int? { next < places.count ? places[next] : nil }

    /// The next to come is the first.
    mutating func begin() { next = 0 }

    /// The expected one has come.
    mutating func confirm() { next += 1 }

    /// Another has come, so that what was to follow is not known either.
    mutating func replace(by place: Int) {
        places.removeSubrange(next...)
        places.append(place)
        next += 1
    }

    /// The places have changed.
    mutating func forget() { (places, next) = ([], 0) }
}
