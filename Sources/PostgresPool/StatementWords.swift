/// The words of SQL statements, in capitals, without comments, quoted text and numbers. Pure, and no parser.
struct StatementWords {
    private let text: [UInt8]
    private var position = 0

    /// One list for each statement of the text. A text that ends in the middle of something is taken as far as it goes.
    static func split(_ text: some Sequence<UInt8>) -> [[String]] {
        var scanner = StatementWords(text: Array(text))
        var statements: [[String]] = [[]]
        while let token = scanner.next() {
            switch token {
            case .word(let word): statements[statements.count - 1].append(word)
            case .semicolon: statements.append([])
            case .other: break
            }
        }
        return statements
    }

    private enum Token {
        case word(String)
        case semicolon
        case other
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        position + offset < text.count ? text[position + offset] : nil
    }

    private mutating func next() -> Token? {
        guard let first = byte() else { return nil }
        switch first {
        case UInt8(ascii: ";"):
            position += 1
            return .semicolon
        case UInt8(ascii: "'"): skipQuoted(UInt8(ascii: "'"), escapes: false)
        case UInt8(ascii: "\""): skipQuoted(UInt8(ascii: "\""), escapes: false)
        case UInt8(ascii: "$"): skipDollarQuoted()
        case UInt8(ascii: "-") where byte(1) == first: skip { $0 != UInt8(ascii: "\n") }
        case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): skipComment()
        case _ where Self.beginsWord(first): return word()
        case _ where Self.continuesWord(first): skip(while: Self.continuesWord)
        default: position += 1
        }
        return .other
    }

    private mutating func word() -> Token {
        let start = position
        skip(while: Self.continuesWord)
        let word = String(decoding: text[start..<position], as: UTF8.self).uppercased()
        // The one prefix of a text that changes how it ends.
        if word == "E", byte() == UInt8(ascii: "'") {
            skipQuoted(UInt8(ascii: "'"), escapes: true)
            return .other
        }
        return .word(word)
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while let next = byte(), condition(next) { position += 1 }
    }

    /// A doubled quote ends one text and begins the next, which comes to the same.
    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        position += 1
        while let next = byte() {
            position += escapes && next == UInt8(ascii: "\\") ? 2 : 1
            if next == quote { return }
        }
    }

    /// `$$…$$` or `$tag$…$tag$`; a lone `$` and a parameter (`$1`) are skipped.
    private mutating func skipDollarQuoted() {
        let start = position
        position += 1
        if let next = byte(), Self.beginsWord(next) { skip { Self.continuesWord($0) && $0 != UInt8(ascii: "$") } }
        guard byte() == UInt8(ascii: "$") else { return }
        position += 1
        let tag = text[start..<position]
        while position < text.count, !text[position...].starts(with: tag) { position += 1 }
        position = min(position + tag.count, text.count)
    }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0 && position < text.count
    }

    private static func beginsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private static func continuesWord(_ byte: UInt8) -> Bool {
        beginsWord(byte) || byte == UInt8(ascii: "$") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
