/// Bytes under construction, in memory of its own: an array would check at every byte what is known for a whole page.
struct ByteWriter: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 4_096) {
        self.capacity = max(capacity, 64)
        start = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        start.deallocate()
    }

    /// A copy of what was written.
    var bytes: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: count)) }

    mutating func removeAll() {
        count = 0
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func append(_ part: UnsafeRawBufferPointer) {
        guard let source = part.baseAddress else { return }
        reserve(part.count)
        (start + count).copyMemory(from: source, byteCount: part.count)
        count += part.count
    }

    mutating func append(_ part: [UInt8]) {
        part.withUnsafeBytes { append($0) }
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Decimal digits.
    mutating func append(decimal value: UInt64) {
        reserve(20)
        var rest = value
        var place = 20
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: digits[place...]))
        }
    }

    /// Makes room for bytes in the middle, which the caller sets.
    mutating func insert(_ size: Int, at place: Int) {
        reserve(size)
        (start + place + size).copyMemory(from: start + place, byteCount: count - place)
        count += size
    }

    subscript(place: Int) -> UInt8 {
        get { start.load(fromByteOffset: place, as: UInt8.self) }
        set { start.storeBytes(of: newValue, toByteOffset: place, as: UInt8.self) }
    }

    @inline(__always)
    mutating func reserve(_ size: Int) {
        if capacity - count < size { grow(size) }
    }

    @inline(never)
    private mutating func grow(_ size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: start, byteCount: count)
        start.deallocate()
        start = larger
    }
}
