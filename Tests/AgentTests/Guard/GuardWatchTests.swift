import Observations
import Sessions
import Testing

@testable import Agent

@Suite("What the guard decides")
struct GuardWatchTests {
    @Test("two samples in a row must have seen a session beyond the limit, at the very same thing")
    func twoSamples() {
        var server = GuardedServer(guardPolicy())
        #expect(server.see(9, guardRow(7)).words == [])
        #expect(server.see(10, guardRow(7)).words == [], "10 s are not more than 10 s")
        #expect(server.see(11, guardRow(7)).words == [], "the first that is beyond it")
        let decision = server.see(12, guardRow(7))
        #expect(decision.words == ["terminate 7"])
        #expect(decision.actions.first?.request.condition == .state)
        #expect(decision.actions.first?.mode == .enforce && decision.actions.first?.policy == "policy")
    }

    @Test("a missed sample, a moment of something else, and another session of that number begin anew")
    func interrupted() {
        var missed = GuardedServer(guardPolicy())
        #expect(missed.see(11, guardRow(7)).words == [])
        missed.watch.interrupt()
        #expect(missed.see(12, guardRow(7)).words == [])
        #expect(missed.see(13, guardRow(7)).words == ["terminate 7"])

        var moved = GuardedServer(guardPolicy())
        #expect(moved.see(20, guardRow(7)).words == [])
        #expect(moved.see(21, guardRow(7, since: 5)).words == [], "beyond it, and not what was seen before")
        #expect(moved.see(22, guardRow(7, .active, since: 5)).words == [])
        #expect(moved.see(23, guardRow(7, since: 5)).words == [])

        var reused = GuardedServer(guardPolicy())
        #expect(reused.see(20, guardRow(7)).words == [])
        #expect(reused.see(21, guardRow(7, started: -50)).words == [])
    }

    @Test("one that was acted on is left until it has changed, whatever came of it")
    func once() {
        for outcome in [ActionOutcome.done, .gone, .changed, .reused, .refused(.superuser)] {
            var server = GuardedServer(guardPolicy())
            _ = server.see(11, guardRow(7))
            let decision = server.see(12, guardRow(7))
            #expect(decision.words == ["terminate 7"])
            #expect(server.see(13, guardRow(7)).words == [], "on its way")
            server.conclude(decision, outcome, at: 13)
            for second in 14...200 { #expect(server.see(Double(second), guardRow(7)).words == []) }
            // It lived on, did something, and does it again.
            #expect(server.see(212, guardRow(7, since: 201)).words == [])
            #expect(server.see(213, guardRow(7, since: 201)).words == ["terminate 7"])
        }
    }

    @Test("what failed is tried again after a minute; what nobody came to, at the next sample")
    func again() {
        for outcome in [ActionOutcome.failed("lost"), .insufficientPrivilege(advice: "GRANT")] {
            var server = GuardedServer(guardPolicy())
            _ = server.see(11, guardRow(7))
            server.conclude(server.see(12, guardRow(7)), outcome, at: 12)
            for second in 13...71 { #expect(server.see(Double(second), guardRow(7)).words == []) }
            #expect(server.see(72, guardRow(7)).words == ["terminate 7"])
        }
        var untried = GuardedServer(guardPolicy())
        _ = untried.see(11, guardRow(7))
        untried.conclude(untried.see(12, guardRow(7)), nil, at: 12)
        #expect(untried.see(13, guardRow(7)).words == ["terminate 7"])
    }

    @Test("what nobody came to does not count against the rate limit")
    func refund() {
        var server = GuardedServer(guardPolicy(), rateLimit: 1)
        _ = server.see(11, guardRow(7))
        for second in 12...30 {
            let decision = server.see(Double(second), guardRow(7))
            #expect(decision.words == ["terminate 7"] && decision.heldBack.isEmpty)
            server.conclude(decision, nil, at: Double(second))
        }
    }

    @Test("a statement is cancelled; with cancel that is all")
    func cancel() {
        var server = GuardedServer(guardPolicy("slow", .statement, .cancel))
        _ = server.see(11, guardRow(7, .active))
        let decision = server.see(12, guardRow(7, .active))
        #expect(decision.words == ["cancel 7"])
        #expect(decision.actions.first?.request.condition == .statement)
        server.conclude(decision, .done, at: 12)
        for second in 13...100 { #expect(server.see(Double(second), guardRow(7, .active)).words == []) }
        #expect(server.see(101, guardRow(7, .fastpath, since: 80)).words == [])
        #expect(server.see(102, guardRow(7, .fastpath, since: 80)).words == ["cancel 7"], "the next statement")
    }

    @Test("with terminate, a statement that cancelling does not stop within 10 s costs its session")
    func escalation() {
        var server = GuardedServer(guardPolicy("slow", .statement, .terminate))
        _ = server.see(11, guardRow(7, .active))
        let cancel = server.see(12, guardRow(7, .active))
        #expect(cancel.words == ["cancel 7"])
        server.conclude(cancel, .done, at: 12)
        for second in 13...21 { #expect(server.see(Double(second), guardRow(7, .active)).words == []) }
        let terminate = server.see(22, guardRow(7, .active))
        #expect(terminate.words == ["terminate 7"])
        #expect(terminate.actions.first?.request.condition == .statement, "only while that statement runs")
        server.conclude(terminate, .done, at: 22)
        for second in 23...100 { #expect(server.see(Double(second), guardRow(7, .active)).words == []) }
    }

    @Test("a cancel that was not sent, or only rehearsed, is not followed by anything")
    func noEscalation() {
        var refused = GuardedServer(guardPolicy("slow", .statement, .terminate))
        _ = refused.see(11, guardRow(7, .active))
        refused.conclude(refused.see(12, guardRow(7, .active)), .changed, at: 12)
        var dry = GuardedServer(guardPolicy("slow", .statement, .terminate), mode: .dryRun)
        _ = dry.see(11, guardRow(7, .active))
        let rehearsed = dry.see(12, guardRow(7, .active))
        #expect(rehearsed.words == ["cancel 7"] && rehearsed.actions.first?.mode == .dryRun)
        for second in 13...200 {
            #expect(refused.see(Double(second), guardRow(7, .active)).words == [])
            #expect(dry.see(Double(second), guardRow(7, .active)).words == [])
        }
    }

    @Test("of two policies the first that still has something to do counts, once a sample")
    func order() {
        var server = GuardedServer(
            guardPolicy("first", .statement, over: 5, .cancel), guardPolicy("last", .statement, over: 30, .terminate))
        _ = server.see(40, guardRow(7, .active))
        let cancel = server.see(41, guardRow(7, .active))
        #expect(cancel.words == ["cancel 7"] && cancel.actions.first?.policy == "first")
        server.conclude(cancel, .done, at: 41)
        #expect(server.see(50, guardRow(7, .active)).words == [])
        let terminate = server.see(51, guardRow(7, .active))
        #expect(terminate.words == ["terminate 7"] && terminate.actions.first?.policy == "last")
    }

    @Test(
        "never touched, whatever the policies say",
        arguments: [
            (guardRow(7, .active, isSelf: true), "own_session"),
            (guardRow(7, .active, application: "poolscope"), "poolscope"),
            (guardRow(7, .active, application: "other", user: "poolscope"), "poolscope"),
            (guardRow(7, .active, user: "postgres"), "superuser"),
            (guardRow(7, .active, type: "walsender"), "replication"),
            (guardRow(7, .active, type: "parallel worker"), "not_a_client"),
            (guardRow(7, .active, user: nil, type: "autovacuum worker"), "not_a_client"),
            (guardRow(7, .active, user: nil, database: nil, type: "logical replication worker"), "not_a_client"),
        ])
    func spared(row: ActivityRow, reason: String) {
        var server = GuardedServer(guardPolicy("slow", .statement, .terminate))
        for second in 20...40 {
            let decision = server.see(Double(second), row, guardRow(8, .active, since: Double(second)))
            #expect(decision.words == [])
            #expect(decision.sparedWords == ["slow \(reason)": 1])
        }
    }

    @Test("what privileges hide is not even seen")
    func hidden() {
        var server = GuardedServer(guardPolicy("slow", .statement, .terminate))
        var row = guardRow(7, nil, type: nil)
        (row.backendStart, row.queryStart, row.stateChange, row.transactionStart) = (nil, nil, nil, nil)
        #expect(server.see(20, row).words == [])
        #expect(server.see(21, row).words == [])
    }

    @Test("lists choose by the names on the server, also where label rules have made others of them")
    func names() throws {
        var server = GuardedServer(
            guardPolicy {
                $0.applications = GuardNames(only: [NamePattern("web-*")], except: [NamePattern("web-billing")])
                $0.users = GuardNames(except: [NamePattern("boss")])
                $0.databases = GuardNames(only: [NamePattern("shop")])
            })
        let rules = LabelRules([
            LabelRule(.applicationName, .replace, pattern: nil, replacement: .empty),
            LabelRule(.user, .replace, pattern: nil, replacement: .empty),
            LabelRule(.database, .replace, pattern: nil, replacement: .empty),
        ])
        var rows = [
            guardRow(7, application: "web-1"), guardRow(8, application: "web-billing"),
            guardRow(9, application: "psql"), guardRow(10, application: "web-2", user: "boss"),
            guardRow(11, application: "web-3", database: "stock"), guardRow(12, application: ""),
        ]
        rules.apply(to: &rows)
        #expect(rows.allSatisfy { $0.applicationName == "" && $0.user == "" })
        _ = server.see(11, rows)
        let decision = server.see(12, rows)
        #expect(decision.words == ["terminate 7"])
        #expect(decision.sparedWords == ["policy exempt": 2])
        let row = try #require(decision.actions.first?.row)
        #expect(
            row.activity.applicationName == "web-1" && row.activity.user == "app" && row.activity.database == "shop")
    }

    @Test("the client behind a pooler counts by its name, to be meant only when the pooler's word is no older")
    func pooler() {
        var only = GuardedServer(
            guardPolicy(over: 5) { $0.applications = GuardNames(only: [NamePattern("checkout")]) })
        var except = GuardedServer(
            guardPolicy(over: 5) { $0.applications = GuardNames(except: [NamePattern("checkout")]) })
        let links = PoolerLinks([
            PoolerLink(
                backendPID: 7, poolerPort: 40_007, clientApplication: "checkout", clientAddress: "192.0.2.9",
                clientUser: "app")
        ])
        (only.links, except.links) = (links, links)
        for second in 6...20 {
            let isOldEnough = second == 12
            #expect(only.see(Double(second), guardRow(7), guardRow(8)).words == (isOldEnough ? ["terminate 7"] : []))
            #expect(
                except.see(Double(second), guardRow(7), guardRow(8)).words == (second == 7 ? ["terminate 8"] : []))
        }
    }

    @Test("a policy for other targets does nothing here, and one that is off does nothing anywhere")
    func targets() {
        let policies = [
            guardPolicy("other") { $0.targets = GuardNames(only: [NamePattern("replica-*")]) },
            guardPolicy("off", mode: .off),
        ]
        for (target, count) in [("main", 0), ("replica-1", 1)] {
            var server = GuardedServer(policies[0], policies[1], target: target)
            _ = server.see(11, guardRow(7))
            #expect(server.see(12, guardRow(7)).actions.count == count)
        }
        var settings = GuardSettings()
        settings.policies = [guardPolicy(), guardPolicy("dry", mode: .dryRun), guardPolicy("on", mode: .enforce)]
        #expect(settings.policies(for: "main").isEmpty, "off is off")
        settings.mode = .dryRun
        #expect(settings.policies.map(settings.mode(of:)) == [.dryRun, .dryRun, .dryRun], "no policy goes further")
        settings.mode = .enforce
        #expect(settings.policies.map(settings.mode(of:)) == [.enforce, .dryRun, .enforce])
    }
}

@Suite("How much the guard does")
struct GuardRateTests {
    private func offenders(_ count: Int) -> [ActivityRow] {
        (0..<count).map { guardRow(Int32(10 + $0), since: Double($0) / 100) }
    }

    @Test("no more than the limit within a minute, the oldest first; each that waits is told once")
    func limit() {
        var server = GuardedServer(guardPolicy(), rateLimit: 3)
        _ = server.see(20, offenders(8))
        let first = server.see(21, offenders(8))
        #expect(first.words == ["terminate 10", "terminate 11", "terminate 12"])
        #expect(first.heldBackWords == (13...17).map { "terminate \($0)" })
        server.conclude(first, .done, at: 21)
        for second in 22...80 {
            let decision = server.see(Double(second), Array(offenders(9)[3...]))
            #expect(decision.words == [])
            #expect(decision.heldBackWords == (second == 23 ? ["terminate 18"] : []))
        }
        let second = server.see(81, Array(offenders(9)[3...]))
        #expect(second.words == ["terminate 13", "terminate 14", "terminate 15"])
        #expect(second.heldBackWords == [])
    }

    @Test("over a long time with any offenders, no window of 60 s has more than the limit", arguments: [1, 5, 40])
    func windows(limit: Int) {
        var server = GuardedServer(
            guardPolicy("idle"), guardPolicy("slow", .statement, .terminate), rateLimit: limit)
        var times: [Double] = []
        for second in 0..<400 {
            let rows = (0..<60).map { index -> ActivityRow in
                let since = Double(second / 20 * 20 - 30)
                return guardRow(Int32(10 + index), index.isMultiple(of: 2) ? .active : .idleInTransaction, since: since)
            }
            let decision = server.see(Double(second), rows)
            times += decision.actions.map { _ in Double(second) }
            server.conclude(decision, .done, at: Double(second))
        }
        #expect(times.count >= limit * 6)
        for time in times { #expect(times.count { time <= $0 && $0 < time + 60 } <= limit) }
    }

    @Test("what is only rehearsed does not use up what is meant, and does not stand in its way")
    func modes() {
        var server = GuardedServer(
            guardPolicy("new", over: 5, mode: .dryRun), guardPolicy("old", over: 5), rateLimit: 2)
        _ = server.see(20, offenders(4))
        // A session that a rehearsal has chosen is not also acted on in the same sample.
        var words: [String] = []
        for second in 21...23 {
            let decision = server.see(Double(second), offenders(4))
            words += decision.actions.map { "\($0.mode.rawValue) \($0.row.pid)" }
        }
        #expect(words.filter { $0.hasPrefix("dry_run") } == ["dry_run 10", "dry_run 11"])
        #expect(words.filter { $0.hasPrefix("enforce") }.count == 2)
    }
}

@Suite("Leaked connections and the guard")
struct GuardLeakTests {
    /// An application that opens a connection every 20 s and never uses one again, besides five that it uses.
    private func leaking(_ second: Int, user: String = "app") -> [ActivityRow] {
        let lost = stride(from: 40, through: second, by: 20).map {
            guardRow(Int32(100 + $0), .idle, since: Double($0), application: "leaky", user: user)
        }
        let pool = (0..<5).map { guardRow(Int32(10 + $0), .idle, since: Double(second - 1), application: "leaky") }
        return lost + pool
    }

    @Test("those that are lost are ended, the longest idle first; a pool's spare connections never")
    func leak() {
        var server = GuardedServer(guardPolicy("leaks", .leakedIdle, over: 100), rateLimit: 1_000)
        // As many spare connections, idle as long, that never grow in number.
        let spare = (0..<8).map { guardRow(Int32(50 + $0), .idle, since: -1_000, application: "pooled") }
        var hit: [Int32] = []
        for second in 0..<1_000 {
            let decision = server.see(Double(second), leaking(second) + spare)
            hit += decision.actions.map(\.row.pid)
            #expect(decision.actions.allSatisfy { $0.action == .terminate && $0.request.condition == .state })
            #expect(decision.actions.allSatisfy { ($0.row.age ?? 0) > 100 })
        }
        #expect(!hit.isEmpty && hit.allSatisfy { $0 >= 140 })
        #expect(hit == hit.sorted() && hit.first == 140, "oldest first")
        #expect(Set(hit).count == hit.count)
    }

    @Test("of those that are never touched none is counted")
    func spared() {
        var server = GuardedServer(guardPolicy("leaks", .leakedIdle, over: 100), rateLimit: 1_000)
        for second in 0..<1_000 {
            #expect(server.see(Double(second), leaking(second, user: "postgres")).words == [])
        }
    }
}
