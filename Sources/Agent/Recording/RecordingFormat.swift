/// The recording format, version 1, as `docs/recording.md` describes it: what both sides must agree upon.
enum RecordingFormat {
    /// The version that is written, and the newest that is read.
    static let version = 1
    /// Begins the first line of the stream; the version and a line feed end it.
    static let magic = "poolscope recording "

    /// The first byte of a record.
    enum Kind: UInt8 {
        case header = 1
        /// Gives a source's name a number.
        case source = 2
        /// Gives a set of columns a number.
        case columns = 3
        case opened = 16
        case lost = 17
        case skipped = 18
        case tickBegan = 19
        case rows = 20
        case failure = 21
        case omitted = 22
        case tickEnded = 23
        case gap = 24
        case refused = 25
    }

    /// Bits of a column.
    static let columnIsBinary: UInt64 = 1

    /// Bits of an answer: its rows refer to those of the last answer kept of this target and source.
    static let rowsReferToLast: UInt64 = 1
    /// The next answer of this target and source may refer to this one.
    static let rowsAreKept: UInt64 = 2

    /// How a value is given. Larger numbers are the length of the bytes that follow, plus `cellBytes`.
    static let cellNull: UInt64 = 0
    static let cellAsAbove: UInt64 = 1
    static let cellAsLast: UInt64 = 2
    static let cellBytes: UInt64 = 3

    // Limits of a reader, which a writer keeps to. They are far beyond what servers answer.

    /// Bytes of one record.
    static let recordLimit = 96 << 20
    /// Bytes of the header.
    static let headerLimit = 16 << 20
    static let targetLimit = 10_000
    /// Bytes of a name: of a target, a source, a column, a version.
    static let nameLimit = 1_000
    /// Bytes of a message, or of a value in a setting.
    static let textLimit = 65_536
    /// Columns of an answer; PostgreSQL has at most 1,664.
    static let columnLimit = 2_000
    /// Bytes of all values of one answer, written out.
    static let tableLimit = 64 << 20
    static let cellLimit = 4_000_000
    static let rowLimit = 1_000_000
    /// Bytes of the answers that a reader keeps for later ones to refer to; a writer makes do with half of it.
    static let keptLimit = 512 << 20
    /// Numbers of sources and of sets of columns.
    static let numberLimit = 1_024
}
