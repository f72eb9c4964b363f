import Operations
import Testing

@Suite("generated files")
struct GeneratedFileTests {
    @Test("what is committed is what is generated", arguments: GeneratedFiles.all)
    func committed(_ file: GeneratedFile) throws {
        #expect(try Repository.text(file.path) == file.text, "\(file.path) is generated: run `make generate`")
    }
}
