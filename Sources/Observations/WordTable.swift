/// Texts that come again and again, by their bytes: each becomes a string once, and has a number as long as the table
/// lives.
///
/// It only grows; its owner bounds it by beginning a new one.
struct WordTable: Sendable {
    private struct Word: Sendable {
        let hash: Int
        let start: Int
        let length: Int
        let text: String
    }

    private var words: [Word] = []
    /// Those of all words, one after another.
    private var bytes: [UInt8] = []
    /// Numbers of words, at the places that their hashes say or behind them; −1 is free. At most half are taken.
    private var slots: [Int32] = Array(repeating: -1, count: 128)

    var count: Int { words.count }
    /// Of all words together.
    var byteCount: Int { bytes.count }

    /// The text with this number.
    subscript(number: Int32) -> String { words[Int(number)].text }

    /// The number of a text, the same for the same bytes.
    /// - Parameters:
    ///   - guess: A number that it may have; −1 for none.
    ///   - make: Makes the text of a word that is new.
    mutating func number(
        of value: UnsafeRawBufferPointer, guess: Int32, _ make: (UnsafeRawBufferPointer) -> String
    ) -> Int32 {
        if guess >= 0, isEqual(value, words[Int(guess)]) { return guess }
        // Seeded at random: clients choose some of these words.
        var hasher = Hasher()
        hasher.combine(bytes: value)
        let hash = hasher.finalize()
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 {
            let word = words[Int(slots[slot])]
            if word.hash == hash, isEqual(value, word) { return slots[slot] }
            slot = (slot + 1) & mask
        }
        let number = Int32(words.count)
        slots[slot] = number
        words.append(Word(hash: hash, start: bytes.count, length: value.count, text: make(value)))
        bytes += value
        if 2 * words.count > slots.count { grow() }
        return number
    }

    private func isEqual(_ value: UnsafeRawBufferPointer, _ word: Word) -> Bool {
        guard value.count == word.length else { return false }
        return bytes.withUnsafeBytes { all in
            UnsafeRawBufferPointer(rebasing: all[word.start..<word.start + word.length]).elementsEqual(value)
        }
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: 2 * slots.count)
        let mask = slots.count - 1
        for (number, word) in words.enumerated() {
            var slot = word.hash & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }
}
