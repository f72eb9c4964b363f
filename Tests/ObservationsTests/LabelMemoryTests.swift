import Testing

@testable import Observations

@Suite("The memory of label rules")
struct LabelMemoryTests {
    @Test("it is bounded although clients invent names without end")
    func bounded() throws {
        let memory = LabelMemory()
        for value in 0..<(3 * LabelMemory.limit) {
            memory[value % 2 == 0 ? .user : .applicationName, "\(value)"] = "x"
        }
        #expect(memory.count <= LabelMemory.limit)
        #expect(memory[.applicationName, "\(3 * LabelMemory.limit - 1)"] == "x")
    }
}
