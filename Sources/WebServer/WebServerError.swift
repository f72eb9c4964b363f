import Glibc

/// Why the server could not listen, as one sentence that names the address and says what to do.
package struct WebServerError: Error, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        /// Another process listens there.
        case portTaken
        /// Another address of the same server covers this one.
        case coveredBy(ListenAddress)
        /// The system reserves the port.
        case portForbidden
        /// No interface of this machine has the address.
        case addressNotLocal
        /// The name does not resolve; the resolver's reason.
        case unknownHost(String)
        /// Anything else; the system's reason.
        case refused(String)

        /// What an `errno` of socket, bind or listen means.
        init(errno code: Int32) {
            switch code {
            case EADDRINUSE: self = .portTaken
            case EACCES, EPERM: self = .portForbidden
            case EADDRNOTAVAIL: self = .addressNotLocal
            default: self = .refused(String(cString: strerror(code)))
            }
        }
    }

    package let address: ListenAddress
    package let problem: Problem

    package var description: String { "cannot listen on \(address): \(reason)" }

    private var reason: String {
        switch problem {
        case .portTaken: "the port is taken by another process; choose another with --listen"
        case .coveredBy(let other): "\(other) already covers it; leave one of the two out"
        case .portForbidden: "this user may not use the port; choose one above 1023 with --listen"
        case .addressNotLocal:
            "no interface of this machine has that address; choose one that exists, or all with --listen :\(address.port)"
        case .unknownHost(let reason): "the host name is not known (\(reason)); write an IP address"
        case .refused(let reason): "the system refused (\(reason))"
        }
    }
}
