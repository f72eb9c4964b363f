import Foundation

/// The files of this repository, found from where this file was compiled.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func url(_ path: String) -> URL {
        root.appending(path: path)
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: url(path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: url(path).path())
    }

    /// Paths of the files in a folder that have this extension, sorted.
    static func files(in folder: String, withExtension name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url(folder).path())
            .filter { $0.hasSuffix("." + name) }
            .sorted()
            .map { folder + "/" + $0 }
    }
}

/// A directory of its own for one test, gone when the body ends.
func withTemporaryDirectory<R>(_ body: (URL) async throws -> R) async throws -> R {
    let directory = FileManager.default.temporaryDirectory.appending(path: "poolscope-operations-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory)
}
