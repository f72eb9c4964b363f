import Testing

@testable import Advisor

@Suite("names in remedies")
struct SQLNameTests {
    @Test("identifiers and constants are quoted, and cannot end the statement")
    func quotes() {
        #expect(SQLName.identifier("Web \"x\"; DROP") == "\"Web \"\"x\"\"; DROP\"")
        #expect(SQLName.literal("it's") == "'it''s'")
        #expect(SQLName.literal("a\\'") == "E'a\\\\'''")
    }

    @Test("no name begins a new line or steers a terminal")
    func controls() {
        #expect(SQLName.identifier("a\nb\u{1B}[31m\u{202E}") == "\"a?b?[31m?\"")
    }
}
