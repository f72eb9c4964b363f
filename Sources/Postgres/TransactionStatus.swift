internal import CPostgres

/// Where a session stands with transactions, as the server's last answer told.
package enum TransactionStatus: Sendable, Equatable {
    /// In none.
    case idle
    /// A statement runs.
    case active
    case inTransaction
    /// A statement failed; the server takes nothing but a rollback.
    case inFailedTransaction
    /// The connection is broken or closed.
    case unknown

    init(_ status: PGTransactionStatusType) {
        switch status {
        case PQTRANS_IDLE: self = .idle
        case PQTRANS_ACTIVE: self = .active
        case PQTRANS_INTRANS: self = .inTransaction
        case PQTRANS_INERROR: self = .inFailedTransaction
        default: self = .unknown
        }
    }
}
