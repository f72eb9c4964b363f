import Demo
import Testing

@Suite("Short-lived programs")
struct ToolTests {
    @Test("one that ends before it has read its input is an outcome, and its end does not end us")
    func unread() async throws {
        // More than a pipe holds.
        let input = String(repeating: "a line that nobody reads\n", count: 20_000)
        for _ in 0..<20 {
            let outcome = try await Tool.run("sh", ["-c", "exec <&-; echo gone >&2; exit 3"], input: input)
            #expect(outcome.status == 3 && outcome.error == "gone\n")
        }
    }

    @Test("one reads all of its input from the start, whatever its length", arguments: [0, 1, 70_000, 1 << 20])
    func read(length: Int) async throws {
        let input = String(repeating: "x", count: length)
        let outcome = try await Tool.run("cat", [], input: input)
        #expect(outcome.status == 0 && outcome.output == input)
    }
}
