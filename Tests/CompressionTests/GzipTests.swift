import Compression
import Foundation
import TestSupport
import Testing

@Suite("gzip")
struct GzipTests {
    private func bytes(_ count: Int, seed: UInt64, kinds: UInt8) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...kinds, using: &random) }
    }

    @Test("what was compressed comes back, at every level and size", arguments: [0, 1, 100, 32_768, 32_769, 300_000])
    func roundTrip(_ count: Int) throws {
        for level in [GzipCompressor.Level.fast, .balanced, .best] {
            for kinds in [UInt8(0), 3, 255] {
                let original = bytes(count, seed: UInt64(count), kinds: kinds)
                let compressed = try Gzip.compress(original, level: level)
                #expect(try Gzip.decompress(compressed, limit: count) == original)
            }
        }
    }

    @Test("the gzip program reads it")
    func oracle() async throws {
        let text = (0..<5_000).map { "poolscope_connections{n=\"\($0)\"} \($0)\n" }.joined()
        try await withPrivateDirectory { directory in
            let file = try directory.write("", to: "page.gz")
            let compressed = try Gzip.compress(Array(text.utf8))
            try write(compressed, to: file)
            let outcome = try await runTool("gzip", ["-dc", file])
            #expect(outcome.status == 0)
            #expect(outcome.output == text)
        }
    }

    @Test("after a flush everything so far can be read, although the stream has not ended")
    func flush() throws {
        var compressor = try GzipCompressor.make()
        var compressed: [UInt8] = []
        let original = bytes(5_000, seed: 1, kinds: 20)
        compressor.append(original, into: &compressed)
        compressor.flush(into: &compressed)
        // A second flush without anything new adds nothing.
        let length = compressed.count
        compressor.flush(into: &compressed)
        #expect(compressed.count == length)
        var decompressor = try GzipDecompressor.make()
        var output: [UInt8] = []
        var input = compressed[...]
        while try decompressor.read(&input, upTo: 700, into: &output) {}
        #expect(output == original)
        let flushed = decompressor.isAtEnd
        #expect(!flushed)
        #expect(input.isEmpty)
    }

    @Test("the caller decides how many bytes come at a time")
    func boundedOutput() throws {
        let compressed = try Gzip.compress([UInt8](repeating: 7, count: 10_000_000))
        #expect(compressed.count < 20_000)
        var decompressor = try GzipDecompressor.make()
        var input = compressed[...]
        var total = 0
        var goesOn = true
        while goesOn {
            var part: [UInt8] = []
            goesOn = try decompressor.read(&input, upTo: 65_536, into: &part)
            #expect(part.count <= 65_536)
            total += part.count
        }
        #expect(total == 10_000_000)
        let ended = decompressor.isAtEnd
        #expect(ended)
        #expect(throws: CompressionError.self) { try Gzip.decompress(compressed, limit: 9_999_999) }
    }

    @Test("what is damaged, cut or followed by something is refused, never a crash")
    func damage() throws {
        let original = bytes(20_000, seed: 3, kinds: 30)
        let compressed = try Gzip.compress(original)
        var random = SeededRandom(seed: 4)
        for _ in 0..<300 {
            var damaged = compressed
            damaged[Int.random(in: damaged.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            // A flip in the header's time or system does no harm.
            let result = try? Gzip.decompress(damaged, limit: 1_000_000)
            #expect(result == nil || result == original)
            let cut = Array(compressed.prefix(Int.random(in: 0..<compressed.count, using: &random)))
            #expect(throws: CompressionError.self) { try Gzip.decompress(cut, limit: 1_000_000) }
        }
        #expect(throws: CompressionError.self) { try Gzip.decompress(compressed + [0], limit: 1_000_000) }
        #expect(throws: CompressionError.self) { try Gzip.decompress(Array("not gzip at all".utf8), limit: 100) }
    }
}

private func write(_ bytes: [UInt8], to file: String) throws {
    try Data(bytes).write(to: URL(filePath: file))
}
