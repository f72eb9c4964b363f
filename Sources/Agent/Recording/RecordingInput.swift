import Compression
import Glibc

/// Reads a recording from a file, a piece at a time. It may block the thread that calls it.
struct RecordingInput: ~Copyable {
    private static let chunk = 1 << 16

    private let descriptor: Int32
    private let path: String
    private var decompressor: GzipDecompressor
    private var reader = RecordingReader()
    private var input: ArraySlice<UInt8> = []
    private var mayHaveMore = false
    /// Bytes that were read from the file.
    private var size = 0
    /// Whether the file ends although its stream does not: up to its last whole record, all was read.
    private(set) var endsEarly = false

    private init(descriptor: Int32, path: String, decompressor: consuming GzipDecompressor) {
        self.descriptor = descriptor
        self.path = path
        self.decompressor = decompressor
    }

    /// - Parameter path: of the file; `-` is standard input.
    /// - Throws: a sentence, when there is no such file or it may not be read.
    static func open(path: String) throws(RecordingError) -> RecordingInput {
        let descriptor = path == "-" ? dup(STDIN_FILENO) : Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        do {
            return RecordingInput(
                descriptor: descriptor, path: path == "-" ? "standard input" : path,
                decompressor: try GzipDecompressor.make())
        } catch {
            close(descriptor)
            throw RecordingError("\(path) cannot be read: \(error)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// What the user should know of what was read so far.
    mutating func takeWarnings() -> [String] {
        defer { reader.warnings = [] }
        return reader.warnings
    }

    /// The next item; nil at the end.
    mutating func next() throws(RecordingError) -> RecordingReader.Item? {
        do {
            while true {
                if let item = try reader.next() { return item }
                guard try fill() else { break }
            }
        } catch {
            throw RecordingError("\(path): \(error.description)")
        }
        try checkEnd()
        return nil
    }

    /// - Returns: Whether there were more bytes.
    private mutating func fill() throws(RecordingError) -> Bool {
        var output: [UInt8] = []
        while output.isEmpty {
            if input.isEmpty, !mayHaveMore {
                if decompressor.isAtEnd { return false }
                guard try readFile() else { return false }
            }
            let before = size - input.count
            do {
                mayHaveMore = try decompressor.read(&input, upTo: Self.chunk, into: &output)
            } catch {
                throw RecordingError("\(error), after byte \(before) of the file")
            }
            if decompressor.isAtEnd {
                let hasMore = try input.isEmpty ? readFile() : true
                guard !hasMore else {
                    throw RecordingError("something follows the recording, at byte \(size - input.count) of the file")
                }
                break
            }
        }
        reader.feed(output)
        return !output.isEmpty
    }

    /// - Returns: Whether there were more bytes.
    private mutating func readFile() throws(RecordingError) -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        var count = read(descriptor, &bytes, bytes.count)
        while count < 0, errno == EINTR { count = read(descriptor, &bytes, bytes.count) }
        guard count >= 0 else {
            let code = errno
            throw RecordingError(code == EISDIR ? "this is a directory" : String(cString: strerror(code)))
        }
        input = bytes[..<count]
        if size == 0, count > 1, bytes[0] != 0x1F || bytes[1] != 0x8B {
            throw RecordingError("this is no recording of Poolscope: it is not compressed by gzip")
        }
        size += count
        return count > 0
    }

    private mutating func checkEnd() throws(RecordingError) {
        if size == 0 { throw RecordingError("\(path) is empty: this is no recording of Poolscope") }
        endsEarly = !decompressor.isAtEnd
        guard reader.hasHeader else {
            throw RecordingError("\(path): the recording ends before its header is complete")
        }
        guard endsEarly || reader.isBetweenRecords else {
            throw RecordingError("\(path): the recording stops in the middle of a record")
        }
    }

    private static func unreadable(_ path: String, _ code: CInt) -> RecordingError {
        switch code {
        case ENOENT: RecordingError("\(path): there is no such file")
        case EACCES: RecordingError("\(path) may not be read by this user")
        default: RecordingError("\(path) cannot be read: \(String(cString: strerror(code)))")
        }
    }
}
