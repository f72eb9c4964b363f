import Compression
import Glibc

/// The file that a recording is written to, through gzip. Belongs to one thread, which it may block.
struct RecordingFile: ~Copyable {
    /// Bytes before compression after which the stream is flushed, whatever the time.
    private static let flushAfter = 1 << 20
    /// Bytes of gzip's end, and of a flush.
    private static let reserve = 64

    private let descriptor: Int32
    private let path: String
    private let sizeLimit: Int
    private var compressor: GzipCompressor
    private var compressed: [UInt8] = []
    /// Bytes before compression since the last flush.
    private var unflushed = 0
    /// Bytes that were written to the file.
    private(set) var size = 0

    private init(descriptor: Int32, path: String, sizeLimit: Int, compressor: consuming GzipCompressor) {
        self.descriptor = descriptor
        self.path = path
        self.sizeLimit = sizeLimit
        self.compressor = compressor
    }

    /// - Parameter descriptor: of the file, empty and open for writing. Closed with this value, or if there is none.
    static func begin(
        descriptor: Int32, path: String, sizeLimit: Int
    ) throws(RecordingError) -> RecordingFile {
        do {
            return RecordingFile(
                descriptor: descriptor, path: path, sizeLimit: sizeLimit, compressor: try GzipCompressor.make())
        } catch {
            close(descriptor)
            throw RecordingError("\(path) cannot be written: \(error)")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Whether so many more bytes fit below the size limit, even if they cannot be compressed.
    func hasRoom(for count: Int) -> Bool {
        let most = unflushed + count
        return size + compressed.count + most + most / 512 + Self.reserve <= sizeLimit
    }

    mutating func append(_ bytes: [UInt8]) throws(RecordingError) {
        compressor.append(bytes, into: &compressed)
        unflushed += bytes.count
        if unflushed >= Self.flushAfter { try flush() }
    }

    /// Makes all so far readable, whatever becomes of the process.
    mutating func flush() throws(RecordingError) {
        guard unflushed > 0 else { return }
        compressor.flush(into: &compressed)
        unflushed = 0
        try write()
    }

    /// Ends the stream. Calls `fsync`, which may be the first to hear of a full disk.
    mutating func finish() throws(RecordingError) {
        compressor.finish(into: &compressed)
        try write()
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(errno) }
    }

    private mutating func write() throws(RecordingError) {
        var rest = compressed[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                size += count
            } else if errno != EINTR {
                throw failure(errno)
            }
        }
        compressed.removeAll(keepingCapacity: true)
    }

    private func failure(_ code: CInt) -> RecordingError {
        RecordingError(
            "\(path) cannot be written any further: \(String(cString: strerror(code))); what is there can be replayed")
    }

    /// Creates the file, for its owner alone; returns its descriptor.
    static func create(path: String, overwriting: Bool) throws(RecordingError) -> Int32 {
        // Not blocking: a pipe that nobody reads would be opened for ever.
        let mode = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | (overwriting ? 0 : O_EXCL)
        let descriptor = open(path, mode, 0o600)
        guard descriptor >= 0 else { throw unwritable(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw RecordingError("\(path) is not a regular file")
        }
        // What was there before may have been open to others.
        guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else {
            let code = errno
            close(descriptor)
            throw unwritable(path, code)
        }
        return descriptor
    }

    private static func unwritable(_ path: String, _ code: CInt) -> RecordingError {
        switch code {
        case EEXIST: RecordingError("\(path) exists already; --force overwrites it")
        case EISDIR: RecordingError("\(path) is a directory; give the path of a file in it")
        case ENOENT: RecordingError("\(path) cannot be created: its directory does not exist")
        default: RecordingError("\(path) cannot be created: \(String(cString: strerror(code)))")
        }
    }
}
