/// PostgreSQL's `inet` as `host()` writes it.
enum InetText {
    private static let version4: UInt8 = 2
    private static let version6: UInt8 = 3

    /// - Parameter bytes: the binary format: family, bits of the mask, whether it is a `cidr`, length, address.
    /// - Returns: nil for what is none.
    static func host(_ bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count >= 4, bytes.count == 4 + Int(bytes[3]) else { return nil }
        let address = bytes.dropFirst(4)
        switch (bytes[0], address.count) {
        case (version4, 4): return dotted(address)
        case (version6, 16):
            let groups = stride(from: 4, to: 20, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
            return text(of: groups, lastFour: dotted(address.suffix(4)))
        default: return nil
        }
    }

    private static func dotted(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { "\($0)" }.joined(separator: ".")
    }

    /// The longest run of zeros, of two at least, is “::”; an embedded address of version 4 is written as one.
    private static func text(of groups: [UInt16], lastFour: String) -> String {
        var best = 0..<0
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start > max(1, best.count) { best = start..<index }
            start = index + 1
        }
        func hexadecimal(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best == 0..<6 { return "::" + lastFour }
        if best == 0..<5, groups[5] == 0xFFFF { return "::ffff:" + lastFour }
        guard !best.isEmpty else { return hexadecimal(groups[...]) }
        return hexadecimal(groups[..<best.lowerBound]) + "::" + hexadecimal(groups[best.upperBound...])
    }
}
