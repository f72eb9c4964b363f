import Glibc

/// Where the build put its products: beside the test bundle, which is this very process.
package enum ProductsDirectory {
    /// The directory's absolute path.
    package static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        precondition(length > 0, "/proc/self/exe cannot be read: tests of the built executable need Linux's /proc")
        let program = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 }
    }()

    /// The built `poolscope` executable.
    package static var poolscope: String { "\(path)/poolscope" }
}
