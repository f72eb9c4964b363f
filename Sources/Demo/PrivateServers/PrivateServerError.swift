/// Why a private server, or a tool for it, could not do its work: one sentence, without secrets.
package struct PrivateServerError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, in the words of the server or tool where it said something.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }

    /// Somebody else took the port between our look and the server's bind: another port helps.
    var isPortTaken: Bool {
        message.contains("ddress already in use") || message.contains("ddress in use")
    }
}
