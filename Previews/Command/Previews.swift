import DashboardPictures
import Foundation

/// `previews MINUTES FOLDER`: draws every dashboard into the folder, from a live run of so many minutes.
@main
enum Previews {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let first = arguments.first, let folder = arguments.last else {
            fail("usage: previews MINUTES FOLDER", code: 64)
        }
        guard let minutes = Double(first), (1...120).contains(minutes) else {
            fail("\(first) is no number of minutes from 1 to 120: make preview MINUTES=5", code: 64)
        }
        let run = PreviewRun(length: minutes * 60, folder: URL(filePath: folder, directoryHint: .isDirectory)) { what in
            // At once, also into a pipe.
            FileHandle.standardOutput.write(Data("previews: \(what)\n".utf8))
        }
        do {
            try await run.draw()
        } catch {
            fail("\(error)", code: 1)
        }
    }

    private static func fail(_ sentence: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data("previews: \(sentence)\n".utf8))
        exit(code)
    }
}
