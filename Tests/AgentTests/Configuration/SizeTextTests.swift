import Testing

@testable import Agent

@Suite("Sizes as text")
struct SizeTextTests {
    @Test(
        "whole numbers with their unit",
        arguments: [
            ("0B", 0), ("1000B", 1_000), ("4KiB", 4_096), ("64MiB", 64 << 20), ("1GiB", 1 << 30), ("2TiB", 2 << 40),
        ])
    func good(_ text: String, _ bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
    }

    @Test(
        "everything else is none",
        arguments: ["", "1", "GiB", "1 GiB", "1.5GiB", "-1B", "+1B", "1GB", "1gib", "9999999999TiB", "١B"])
    func bad(_ text: String) {
        #expect(SizeText.parse(text) == nil)
    }

    @Test(
        "for people",
        arguments: [(0, "0 B"), (479, "479 B"), (1_536, "1.5 KiB"), (1 << 30, "1 GiB"), (2_047, "1.9 KiB")])
    func format(_ bytes: Int, _ text: String) {
        #expect(SizeText.format(bytes) == text)
    }
}
