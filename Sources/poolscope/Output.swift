import Foundation

/// Standard output, written at once: lines for people must not wait in a buffer when it is a pipe.
enum Output {
    static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
