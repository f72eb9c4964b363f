import Foundation
import Testing

@testable import Agent

/// A directory for the files of one test.
private struct Scratch: ~Copyable {
    let path = NSTemporaryDirectory() + "configuration-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}

/// The whole message of a file that cannot be loaded; nil if it can.
private func message(_ path: String) -> String? {
    do {
        _ = try ConfigurationFile.load(path: path)
        return nil
    } catch {
        return error.description
    }
}

@Suite("Loading a configuration file")
struct ConfigurationLoadTests {
    @Test("a file is read, and what is relative in it is relative to it")
    func load() throws {
        let scratch = try Scratch()
        let path = try scratch.file("p.yml", "\u{FEFF}targets:\r\n- {dsn: host=a, password_file: pw}\r\n".utf8)
        let configuration = try ConfigurationFile.load(path: path)
        #expect(configuration.targets.map(\.name) == ["a"])
        #expect(configuration.targets[0].passwordFile == scratch.path + "/pw")
    }

    @Test("a problem names the file and the line")
    func problem() throws {
        let scratch = try Scratch()
        let path = try scratch.file("p.yml", "targets:\n- dsn: host=a\n  cores: x\n".utf8)
        #expect(message(path) == "\(path):3: targets[0].cores: “x” is not a whole number from 1 to 10000")
    }

    @Test("what is not there or no file is told apart")
    func noFile() throws {
        let scratch = try Scratch()
        let file = try scratch.file("p.yml", "a".utf8)
        #expect(message(scratch.path) == "\(scratch.path): this is a directory; give the path of a file in it")
        #expect(message(scratch.path + "/q.yml") == "\(scratch.path)/q.yml: there is no such file")
        #expect(message(file + "/q.yml") == "\(file)/q.yml: the file cannot be read: Not a directory")
        #expect(message("") == ": there is no such file")
    }

    @Test("a file that may not be read is refused", .disabled(if: getuid() == 0, "root may read everything"))
    func unreadable() throws {
        let scratch = try Scratch()
        let path = try scratch.file("p.yml", "a".utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        #expect(message(path) == "\(path): the file may not be read by the user the agent runs as")
    }

    @Test("a file that is not UTF-8 is refused")
    func notUTF8() throws {
        let scratch = try Scratch()
        let path = try scratch.file("p.yml", [0x61, 0x3A, 0x20, 0xE9, 0x0A])
        #expect(message(path) == "\(path): the file is not UTF-8 text")
    }

    @Test("a file of 1 MiB is read, a byte more is refused, and what never ends is not read on")
    func size() throws {
        let scratch = try Scratch()
        let text = "targets: [dsn: host=a] #"
        let filler = [UInt8](repeating: UInt8(ascii: "x"), count: ConfigurationFile.sizeLimit - text.utf8.count)
        let path = try scratch.file("p.yml", Array(text.utf8) + filler)
        #expect(message(path) == nil)
        let larger = try scratch.file("q.yml", Array(text.utf8) + filler + [0x0A])
        #expect(message(larger) == "\(larger): the file is larger than 1024 KiB")
        let pipe = FileManager.default.temporaryDirectory.appending(path: "poolscope-pipe-\(UUID())").path
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        #expect(message(pipe) == "\(pipe): this is a pipe; give the path of a file")
        #expect(message("/dev/zero") == "/dev/zero: the file is larger than 1024 KiB")
    }
}
