/// What the rows of `pg_stat_activity` say again at every sample: names, states, waits, addresses. A row whose words are
/// known costs no string, and shares its traits with all rows that say the same, those of earlier samples too.
///
/// Memory: what one sample can say and a few thousand words more; beyond that all is forgotten, since clients can invent
/// names without end.
package struct ActivityVocabulary: Sendable {
    /// The columns of the traits, in any order and some of them missing.
    package struct Columns {
        let database, user, application, backendType, state, waitEventType, waitEvent, isSelf: ColumnReader

        package init(_ table: any ResultTable) {
            database = table.column("datname")
            user = table.column("usename")
            application = table.column("application_name")
            backendType = table.column("backend_type")
            state = table.column("state")
            waitEventType = table.column("wait_event_type")
            waitEvent = table.column("wait_event")
            isSelf = table.column("is_self")
        }
    }

    /// The words of a row by their numbers; −1 is NULL.
    private struct Key: Hashable {
        var database: Int32 = -1
        var user: Int32 = -1
        var application: Int32 = -1
        var backendType: Int32 = -1
        var state: Int32 = -1
        var waitEventType: Int32 = -1
        var waitEvent: Int32 = -1
        var isSelf = false

        func hash(into hasher: inout Hasher) {
            func pair(_ high: Int32, _ low: Int32) -> Int64 { Int64(high) << 32 | Int64(UInt32(bitPattern: low)) }
            hasher.combine(pair(database, user))
            hasher.combine(pair(application, backendType))
            hasher.combine(pair(state, waitEvent))
            hasher.combine(pair(waitEventType, isSelf ? 1 : 0))
        }
    }

    /// Words, and as many traits, beyond those of a sample.
    static let spareWords = 4_096
    /// The length that a word may have on average; PostgreSQL's names have at most 63 bytes.
    private static let wordLength = 64

    private var words = WordTable()
    private var addresses = WordTable()
    private var traits: [Key: BackendTraits] = [:]
    /// The row before: the next is often like it.
    private var last = Key()
    private var lastAddress: Int32 = -1

    package init() {}

    /// How many words are known.
    var wordCount: Int { words.count + addresses.count }
    /// How many traits are known.
    var traitsCount: Int { traits.count }

    /// Begins a sample of so many rows.
    package mutating func begin(rows: Int) {
        let limit = Self.spareWords + 2 * rows
        let bytes = words.byteCount + addresses.byteCount
        if max(wordCount, traits.count) > limit || bytes > limit * Self.wordLength { self = ActivityVocabulary() }
    }

    /// The traits that a row says.
    package mutating func traits(_ columns: Columns, row: Int) -> BackendTraits {
        var key = Key()
        key.database = columns.database.word(row, in: &words, guess: last.database)
        key.user = columns.user.word(row, in: &words, guess: last.user)
        key.application = columns.application.word(row, in: &words, guess: last.application)
        key.backendType = columns.backendType.word(row, in: &words, guess: last.backendType)
        key.state = columns.state.word(row, in: &words, guess: last.state)
        key.waitEventType = columns.waitEventType.word(row, in: &words, guess: last.waitEventType)
        key.waitEvent = columns.waitEvent.word(row, in: &words, guess: last.waitEvent)
        key.isSelf = columns.isSelf.bool(row) ?? false
        last = key
        if let known = traits[key] { return known }
        let new = BackendTraits(values(of: key))
        traits[key] = new
        return new
    }

    /// The text of an `inet` in binary format.
    package mutating func address(_ column: ColumnReader, row: Int) -> String? {
        let number = column.word(row, in: &addresses, guess: lastAddress) { InetText.host($0) ?? "" }
        guard number >= 0 else { return nil }
        lastAddress = number
        let text = addresses[number]
        return text.isEmpty ? nil : text
    }

    private func values(of key: Key) -> BackendTraits.Values {
        func text(_ number: Int32) -> String? { number < 0 ? nil : words[number] }
        var values = BackendTraits.Values()
        values.database = text(key.database)
        // What `pg_get_userbyid` says of a role that was dropped under a session; the view says NULL.
        values.user = text(key.user).flatMap { $0.hasPrefix("unknown (OID=") ? nil : $0 }
        values.applicationName = text(key.application) ?? ""
        values.backendType = text(key.backendType)
        values.state = text(key.state).map(BackendState.init)
        values.waitEventType = text(key.waitEventType)
        values.waitEvent = text(key.waitEvent)
        values.isSelf = key.isSelf
        return values
    }
}

extension ColumnReader {
    /// The number of the value in a table of words; −1 for NULL. Bytes that are not UTF-8 are replaced.
    fileprivate func word(
        _ row: Int, in words: inout WordTable, guess: Int32,
        _ make: (UnsafeRawBufferPointer) -> String = { String(decoding: $0, as: UTF8.self) }
    ) -> Int32 {
        read(row) { words.number(of: $0, guess: guess, make) } ?? -1
    }
}
