import Operations

/// A word, and a colour, for a value.
struct ValueMapping: Sendable {
    private let value: String
    private let isPattern: Bool
    let text: String?
    let colour: String?

    private init(value: String, isPattern: Bool, result: JSON) throws(PreviewError) {
        self.value = value
        self.isPattern = isPattern
        text = result["text"].string
        colour = if let name = result["color"].string { try Palette.hex(name) } else { nil }
    }

    /// Those of one entry of Grafana's list.
    static func all(_ json: JSON) throws(PreviewError) -> [ValueMapping] {
        let options = json["options"]
        switch json["type"].string {
        case "regex":
            return [
                try ValueMapping(value: options["pattern"].string ?? "", isPattern: true, result: options["result"])
            ]
        case "value":
            guard case .object(let results) = options else { return [] }
            var all: [ValueMapping] = []
            for (value, result) in results.sorted(by: { $0.key < $1.key }) {
                all.append(try ValueMapping(value: value, isPattern: false, result: result))
            }
            return all
        default:
            throw PreviewError("a mapping of the type \(json["type"].canonical()) is none that a preview knows")
        }
    }

    func matches(_ text: String) -> Bool {
        guard isPattern else { return text == value }
        return (try? Regex(value)).map { text.contains($0) } ?? false
    }
}
