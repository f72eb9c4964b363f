/// What became of an action on one session.
package enum ActionOutcome: Sendable, Equatable {
    /// The signal was sent. Whether the session has ended is another question.
    case done
    /// The session is no longer there.
    case gone
    /// Its process id belongs to another session now, which was not touched.
    case reused
    /// It is no longer at what it was chosen for, and was not touched.
    case changed
    /// Our role may not do that. With what to grant.
    case insufficientPrivilege(advice: String)
    case refused(SpareReason)
    /// The server did not do it: why, in its words.
    case failed(String)

    /// The word for machines.
    package var word: String {
        switch self {
        case .done: "done"
        case .gone: "gone"
        case .reused: "reused"
        case .changed: "changed"
        case .insufficientPrivilege: "insufficient_privilege"
        case .refused: "refused"
        case .failed: "failed"
        }
    }

    /// Why, where the word does not say it.
    package var detail: String? {
        switch self {
        case .done, .gone, .reused, .changed: nil
        case .insufficientPrivilege(let advice): advice
        case .refused(let reason): reason.rawValue
        case .failed(let words): words
        }
    }

    /// As the rest of a sentence about one session.
    package var sentence: String {
        switch self {
        case .done: "was signalled"
        case .gone: "had ended by itself"
        case .reused: "had ended, and another session has its process id: that one was not touched"
        case .changed: "is no longer at what it was chosen for, and was not touched"
        case .insufficientPrivilege(let advice): "was not touched, for lack of a privilege: \(advice)"
        case .refused(let reason): "was not touched: it \(reason.sentence)"
        case .failed(let words): "was not touched, or only perhaps: \(words)"
        }
    }

    /// Whether what was asked for was not achieved. A session that is gone is what was wanted; one that moved on is no
    /// longer what was meant.
    package var isFailure: Bool {
        switch self {
        case .done, .gone, .reused, .changed: false
        case .insufficientPrivilege, .refused, .failed: true
        }
    }
}

/// One session, and what became of the action on it.
package struct ActionResult: Sendable {
    package let row: SessionRow
    package let outcome: ActionOutcome

    package init(_ row: SessionRow, _ outcome: ActionOutcome) {
        self.row = row
        self.outcome = outcome
    }
}
