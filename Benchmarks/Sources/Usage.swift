import Glibc

/// What the kernel says of this process, and of others.
enum Usage {
    /// CPU time of this thread, in seconds: the other core's work does not count.
    static var threadCPU: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// CPU time of this whole process, in seconds.
    static var processCPU: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Private memory of this process (`RssAnon`), in bytes.
    static var privateMemory: Double { memory("RssAnon", of: "self") }

    /// Private and resident memory of another process (`RssAnon`, `VmRSS`), in bytes.
    static func memory(of process: Int32) -> (own: Double, resident: Double) {
        (memory("RssAnon", of: "\(process)"), memory("VmRSS", of: "\(process)"))
    }

    private static func memory(_ field: String, of process: String) -> Double {
        for line in contents("/proc/\(process)/status").split(separator: "\n") where line.hasPrefix(field + ":") {
            // A tab after the colon, then blanks.
            let words = line.split { $0 == " " || $0 == "\t" }
            return (words.dropFirst().first.flatMap { Double($0) } ?? 0) * 1024
        }
        return 0
    }

    /// CPU time so far of another process with all its threads, those that have ended, too; in seconds, to the
    /// nanosecond. 0 for one that is gone.
    static func cpu(ofAllThreads process: Int32) -> Double {
        var clock: clockid_t = 0
        var time = timespec()
        guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// CPU time so far of a process and its children. That of children which have ended counts to the hundredth of a
    /// second, as the kernel tells it.
    static func cpu(ofFamily process: Int32) -> Double {
        let children = contents("/proc/\(process)/task/\(process)/children").split(separator: " ")
            .compactMap { Int32($0) }
        // Behind the name, which may hold anything, the fields from the third on.
        let fields = contents("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
        let ended = fields.count > 14 ? [fields[13], fields[14]].compactMap { Double($0) }.reduce(0, +) : 0
        return children.reduce(cpu(ofAllThreads: process) + ended / Double(sysconf(Int32(_SC_CLK_TCK)))) {
            $0 + cpu(ofAllThreads: $1)
        }
    }

    /// CPU time of another process so far, in seconds, from the scheduler: to the nanosecond.
    static func cpu(of process: Int32) -> Double {
        (contents("/proc/\(process)/schedstat").split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1e9
    }

    private static func contents(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Figures of one subject, with their spread.
struct Figures {
    private var values: [Double] = []

    /// In the order in which they came.
    var all: [Double] { values }

    mutating func add(_ value: Double) { values.append(value) }

    mutating func add(_ more: some Sequence<Double>) { values += more }

    var median: Double { quantile(0.5) }
    var mean: Double { values.reduce(0, +) / Double(values.count) }
    var lowest: Double { values.min() ?? .nan }
    var highest: Double { values.max() ?? .nan }

    func quantile(_ share: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
