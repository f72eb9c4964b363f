/// “Did you mean …” for a misspelt word.
enum Suggestion {
    /// The known word that was probably meant: the nearest within two slips of the pen, or the one that `word` begins.
    static func nearest(to word: String, among known: [String]) -> String? {
        let word = word.lowercased()
        guard word.utf8.count <= 40 else { return nil }
        let near = known.map { (known: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        if let near, near.distance <= min(2, word.utf8.count / 2) { return near.known }
        return word.utf8.count >= 4 ? known.first { $0.hasPrefix(word) } : nil
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that make `b` out of `a`.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
