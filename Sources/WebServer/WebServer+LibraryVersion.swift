internal import CMicroHTTPD

extension WebServer {
    /// The version of the library that runs, e.g. `0.9.75`. Calls `MHD_get_version`.
    package static var libraryVersion: String { String(cString: MHD_get_version()) }
}
