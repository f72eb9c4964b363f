import Testing

@Suite("Blocks of code in a runbook")
struct RunbookBlockTests {
    private let markdown = """
        # Title

        1. **First**:

           ```sh
           psql -c 'SHOW POOLS' \\
             -x
           # a comment
           poolscope check
           ```

           ```text
           output
           ```

        ```sql
        SELECT pg_cancel_backend(12345);     -- an active one; really
        SELECT ';' AS "a;b", 1 -- two

        ;
        ```
        """

    @Test("SQL and shell are found, in lists too, with their lines; other languages are not")
    func blocks() {
        let blocks = RunbookBlock.all(in: markdown, path: "r.md")
        #expect(blocks.map(\.language) == [.sh, .sql])
        #expect(blocks.map(\.line) == [6, 17])
        #expect(blocks[0].text.hasPrefix("psql -c"))
    }

    @Test("commands are lines, and lines that go on are joined")
    func commands() {
        let block = RunbookBlock.all(in: markdown, path: "r.md")[0]
        #expect(block.commands == ["psql -c 'SHOW POOLS'    -x", "poolscope check"])
    }

    @Test("statements end at semicolons, but not in quotes and comments")
    func statements() {
        let block = RunbookBlock.all(in: markdown, path: "r.md")[1]
        #expect(block.statements == ["SELECT pg_cancel_backend(12345)", #"SELECT ';' AS "a;b", 1"#])
    }
}
