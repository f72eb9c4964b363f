/// One node of a YAML document with its line: all that the configuration needs to know of YAML.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        /// Text. It is plain if it has no quotes around it, so that YAML could mean something else by it.
        case scalar(String, isPlain: Bool)
        case list([YAMLNode])
        /// Pairs in the order of the file; a key may be there twice.
        case mapping([(key: YAMLNode, value: YAMLNode)])
        /// What is not followed, as the sentence that says so.
        case refused(String)
    }

    let content: Content
    /// Counted from 1.
    let line: Int
}

/// Why a text is not the YAML we read. Quotes nothing of the text.
struct YAMLFault: Error {
    let line: Int?
    let sentence: String
}
