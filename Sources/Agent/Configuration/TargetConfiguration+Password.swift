import Foundation
import Postgres

/// Why a password file is of no use.
package struct PasswordFileError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

extension TargetConfiguration {
    /// The connection with the password of the password file; read anew each time, so that a rotated one is picked up.
    package func connectionWithPassword() throws(PasswordFileError) -> ConnectionString {
        guard let passwordFile else { return connection }
        guard let data = FileManager.default.contents(atPath: passwordFile), data.count <= 4096 else {
            throw PasswordFileError(
                description: "the password file \(passwordFile) is missing, unreadable or over 4 KiB")
        }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n", maxSplits: 1).first ?? ""
        return connection.setting("password", line.trimmingCharacters(in: .whitespaces))
    }
}
