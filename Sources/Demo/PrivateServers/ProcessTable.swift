import Glibc
import SystemPackage

/// What the kernel says about processes, from /proc.
enum ProcessTable {
    /// One process: enough to recognise it again, should its number be given to another one.
    struct Entry: Sendable, Equatable {
        let processID: Int32
        /// `R`, `S`, `T` (stopped) and so on, as in proc(5). Zombies are not listed.
        let state: Character
        let parentID: Int32
        /// In clock ticks since boot.
        let startTime: UInt64
    }

    /// The process with this number; nil when there is none, or only its zombie.
    static func entry(_ processID: Int32) -> Entry? {
        guard let text = try? readFile("/proc/\(processID)/stat"), let name = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, state != "Z", state != "X",
            let parent = Int32(fields[1]), let start = UInt64(fields[19])
        else { return nil }
        return Entry(processID: processID, state: state, parentID: parent, startTime: start)
    }

    /// The living children of a process.
    static func children(of processID: Int32) -> [Entry] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [Entry] = []
        while let item = readdir(directory) {
            let name = withUnsafePointer(to: &item.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name), let entry = entry(number), entry.parentID == processID {
                found.append(entry)
            }
        }
        return found
    }
}

/// Reads a text file of at most 1 MiB, from `offset` on.
func readFile(_ path: String, from offset: Int64 = 0) throws -> String {
    let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    return try descriptor.closeAfter {
        if offset > 0 { try descriptor.seek(offset: offset, from: .start) }
        var bytes: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 1)
        defer { chunk.deallocate() }
        while bytes.count < 1 << 20 {
            let count = try descriptor.read(into: chunk)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
