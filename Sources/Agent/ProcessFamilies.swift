import Exposition
import Foundation
import Glibc
import Postgres
import WebServer

/// The standard process metrics of the agent itself, and what it was built with. Read from /proc.
package enum ProcessFamilies {
    static let buildInfo = FamilyDescriptor(
        "poolscope_build_info", .info, labels: ["version", "swift", "libpq", "libmicrohttpd"],
        help: "Versions of Poolscope, of the Swift compiler and of the C libraries it runs with.")
    static let cpu = FamilyDescriptor(
        "process_cpu_seconds_total", .counter, unit: "seconds", help: "User and system CPU time of the agent.")
    static let resident = FamilyDescriptor(
        "process_resident_memory_bytes", .gauge, unit: "bytes", help: "Resident memory of the agent.")
    static let virtual = FamilyDescriptor(
        "process_virtual_memory_bytes", .gauge, unit: "bytes", help: "Virtual memory of the agent.")
    static let openFiles = FamilyDescriptor("process_open_fds", .gauge, help: "Open file descriptors of the agent.")
    static let maximumFiles = FamilyDescriptor("process_max_fds", .gauge, help: "File descriptors the agent may open.")
    static let startTime = FamilyDescriptor(
        "process_start_time_seconds", .gauge, unit: "seconds", help: "When the agent was started.")

    static let all = [buildInfo, cpu, resident, virtual, openFiles, maximumFiles, startTime]

    static func emit(version: String, into builder: inout SnapshotBuilder) {
        let versions: Labels = [
            "version": version, "swift": swiftVersion, "libpq": LibraryVersion.libpq,
            "libmicrohttpd": WebServer.libraryVersion,
        ]
        builder.add(buildInfo, versions, 1)
        if let status = ProcessStatus.read() {
            builder.add(cpu, .none, status.cpuSeconds)
            builder.add(resident, .none, status.residentBytes)
            builder.add(virtual, .none, status.virtualBytes)
            if let start = status.startTime { builder.add(startTime, .none, start) }
        }
        if let count = ProcessStatus.openFiles() { builder.add(openFiles, .none, Double(count)) }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            builder.add(maximumFiles, .none, Double(limit.rlim_cur))
        }
    }

    /// The compiler that built this, as far as conditional compilation can tell.
    private static var swiftVersion: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}

/// What `/proc/self/stat` says of this process.
struct ProcessStatus {
    let cpuSeconds: Double
    let residentBytes: Double
    let virtualBytes: Double
    /// Seconds since 1970; nil when `/proc/stat` has no boot time.
    let startTime: Double?

    static func read() -> ProcessStatus? {
        guard let stat = contents("/proc/self/stat") else { return nil }
        return ProcessStatus(
            stat: stat, bootTime: bootTime, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageSize: Double(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// From the text of proc(5)'s `stat`. The command name may hold blanks and parentheses: fields count from its end.
    init?(stat: String, bootTime: Double?, ticksPerSecond: Double, pageSize: Double) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        cpuSeconds = (fields[11] + fields[12]) / ticksPerSecond
        startTime = bootTime.map { $0 + fields[19] / ticksPerSecond }
        virtualBytes = fields[20]
        residentBytes = fields[21] * pageSize
    }

    /// Open descriptors of this process, without the one that the count itself needs.
    static func openFiles() -> Int? {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { $0.count - 1 }
    }

    /// Does not change while the machine runs, so it is read once.
    private static let bootTime: Double? = contents("/proc/stat")?
        .split(separator: "\n").first { $0.hasPrefix("btime ") }
        .flatMap { Double($0.dropFirst("btime ".count)) }

    private static func contents(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
