import Exposition
import Locking
import Observations
import Testing
import WebServer

@testable import Agent

@Suite("Kept answers")
struct ReplyCacheTests {
    private let store = SnapshotStore(targets: [TargetProfile(name: "main", kind: .postgres)])

    private func publish() {
        let profile = TargetProfile(name: "main", kind: .postgres)
        store.publish(
            .empty, TargetStatus(profile: profile, state: .up, sentence: nil, version: "", wasTried: true), at: 0)
    }

    private func reply(_ cache: ReplyCache<String>, _ form: String) -> PreparedReply {
        cache.reply(form, keeping: { $0.count < 2 || form == "always" }) { _, form in
            PreparedReply(status: 200, text: form)
        }
    }

    @Test("an answer is kept until the next publication")
    func untilPublication() {
        let cache = ReplyCache<String>(store, lifetime: .seconds(3_600))
        let first = reply(cache, "a")
        #expect(reply(cache, "a") === first)
        #expect(reply(cache, "b") !== first)
        publish()
        #expect(reply(cache, "a") !== first)
    }

    @Test("without a publication it is kept for its lifetime: what the agent says of itself is not older")
    func lifetime() {
        let cache = ReplyCache<String>(store, lifetime: .zero)
        let first = reply(cache, "a")
        #expect(reply(cache, "a") !== first)
    }

    @Test("what is not to be kept is made each time")
    func bounded() {
        let cache = ReplyCache<String>(store, lifetime: .seconds(3_600))
        let kept = ["a", "b", "always"].map { reply(cache, $0) }
        #expect(zip(["a", "b", "always"], kept).allSatisfy { reply(cache, $0) === $1 })
        #expect(reply(cache, "c") !== reply(cache, "c"))
    }

    @Test("however many ask at once, one makes it")
    func once() async {
        let cache = ReplyCache<String>(store, lifetime: .seconds(3_600))
        let made = Guarded(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    _ = cache.reply("a") { _, _ in
                        made.withLock { $0 += 1 }
                        return PreparedReply(status: 200, text: "a")
                    }
                }
            }
        }
        #expect(made.withLock { $0 } == 1)
    }
}
