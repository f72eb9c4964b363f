/// Why a text is not a listen address, as one sentence that names the text and says what to write instead.
package struct ListenAddressError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ text: String, _ reason: String) {
        let shown = String(text.prefix(100)).debugDescription
        description = "\(shown) is not a listen address: \(reason); write it like :9719, 127.0.0.1:9719 or [::1]:9719"
    }
}
