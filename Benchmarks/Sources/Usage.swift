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
    static var privateMemory: Double {
        for line in contents("/proc/self/status").split(separator: "\n") where line.hasPrefix("RssAnon:") {
            return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 1024
        }
        return 0
    }

    /// CPU time of another process so far, in seconds, from the scheduler: to the nanosecond.
    static func cpu(of process: Int32) -> Double {
        (contents("/proc/\(process)/schedstat").split(separator: " ").first.flatMap { Double($0) } ?? 0) / 1e9
    }

    private static func contents(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer[..<count], as: UTF8.self)
    }
}

/// Figures of one subject, with their spread.
struct Figures {
    private var values: [Double] = []

    mutating func add(_ value: Double) { values.append(value) }

    var median: Double { quantile(0.5) }

    func quantile(_ share: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
