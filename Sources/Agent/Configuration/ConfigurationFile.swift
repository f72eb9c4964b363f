import Glibc

/// The configuration file: YAML, as `docs/configuration.md` describes it.
package enum ConfigurationFile {
    /// The largest file that is read, in bytes.
    package static let sizeLimit = 1 << 20

    /// Reads the file at `path`. The only I/O of the configuration: password files are left to whoever connects.
    package static func load(path: String) throws(ConfigurationError) -> AgentConfiguration {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw problem(path, "the file is not UTF-8 text")
        }
        return try parse(text, file: path)
    }

    /// - Parameter file: the path of the file, for messages and for the relative paths in it. Nothing is read.
    package static func parse(_ text: String, file: String) throws(ConfigurationError) -> AgentConfiguration {
        guard text.utf8.count <= sizeLimit else { throw tooLarge(file) }
        let root: YAMLNode?
        do {
            root = try YAMLDocument.root(of: text)
        } catch {
            throw problem(file, error.sentence, line: error.line)
        }
        var reader = ConfigurationReader(file: file)
        return try reader.configuration(root)
    }

    /// The bytes of the file; reads no more than one beyond the limit. Calls `open`, `read` and `close`.
    static func bytes(_ path: String) throws(ConfigurationError) -> [UInt8] {
        // Not blocking: a pipe that nobody writes to would be opened for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFIFO else {
            throw problem(path, "this is a pipe; give the path of a file")
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= sizeLimit {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw tooLarge(path)
    }

    private static func unreadable(_ path: String, _ code: CInt) -> ConfigurationError {
        switch code {
        case ENOENT: problem(path, "there is no such file")
        case EISDIR: problem(path, "this is a directory; give the path of a file in it")
        case EACCES: problem(path, "the file may not be read by the user the agent runs as")
        default: problem(path, "the file cannot be read: \(String(cString: strerror(code)))")
        }
    }

    private static func tooLarge(_ file: String) -> ConfigurationError {
        problem(file, "the file is larger than \(sizeLimit / 1024) KiB")
    }

    private static func problem(_ file: String, _ sentence: String, line: Int? = nil) -> ConfigurationError {
        ConfigurationError([.init(file: file, line: line, key: "", sentence: sentence)])
    }
}
