internal import CPostgres

/// The last notices of a session, instead of libpq's habit of printing them.
///
/// Not Sendable: libpq adds to it from within the calls made on its connection.
final class NoticeList {
    static let limit = 16

    private(set) var notices: [String] = []

    func add(_ notice: String) {
        if notices.count == Self.limit { notices.removeFirst() }
        notices.append(notice.onOneLine(limit: 500))
    }

    /// The list must outlive the connection. Calls `PQsetNoticeReceiver`.
    func receiveNotices(of connection: OpaquePointer) {
        PQsetNoticeReceiver(connection, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
    }
}

/// Called by libpq. Calls `PQresultErrorField`.
private func receiveNotice(_ list: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
    guard let list, let words = PQresultErrorField(notice, POSTGRES_DIAG_MESSAGE) else { return }
    Unmanaged<NoticeList>.fromOpaque(list).takeUnretainedValue().add(String(cString: words))
}
