import Testing

@testable import Postgres

@Suite("connection strings")
struct ConnectionStringTests {
    /// Every form in which a secret "s3cr!t" (or one that contains it) can be given.
    static let forms = [
        "host=db1 port=5432 dbname=app user=u password=s3cr!t",
        "host=db1 port=5432 dbname=app user=u password='s3cr!t'",
        #"host=db1 port=5432 dbname=app user=u password='it\'s s3cr!t \\ ok'"#,
        "host=db1 port=5432 dbname=app user=u sslpassword=s3cr!t",
        "postgres://u:s3cr!t@db1:5432/app",
        "postgresql://u:s3cr%21t@db1:5432/app",
        "postgresql://u:%73%33cr%21t%40%2F@db1:5432/app",
        "postgresql://u@db1:5432/app?password=s3cr!t",
        "postgresql://db1:5432/app?user=u&sslpassword=s3cr!t&application_name=x",
    ]

    @Test(
        "values that libpq would refuse only when it connects are refused at once",
        arguments: [
            ("port=99999", "the port is not between 1 and 65535"), ("port=0", "the port is not between 1 and 65535"),
            ("host=a,b port=1,2,3", "there are 3 ports for 2 hosts; give one port, or one for each host"),
            ("sslmode=banana", "the sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"),
            ("connect_timeout=abc", "the connect_timeout is not a whole number of seconds"),
        ])
    func values(text: String, problem: String) {
        let error = #expect(throws: PostgresError.self) { try ConnectionString(parsing: text) }
        #expect(error?.message == "the connection string cannot be read: \(problem)")
    }

    @Test(
        "several hosts, empty values and every sslmode are read",
        arguments: ["host=a,b port=1,2", "host=a,b port=5432", "host=a,b port=,2", "port='' sslmode=verify-full", ""])
    func fineValues(text: String) throws {
        _ = try ConnectionString(parsing: text)
    }

    @Test("where to and as whom is printed; the secret is not, by any means of printing", arguments: forms)
    func hidden(form: String) throws {
        let target = try ConnectionString(parsing: form)
        #expect(target.description == "host=db1 port=5432 dbname=app user=u")
        #expect(target.secrets.contains { $0.contains("s3cr!t") })
        var dumped = ""
        dump(target, to: &dumped)
        dump(["in": [target]], to: &dumped)
        let mirror = Mirror(reflecting: target)
        let printed = [
            "\(target)", String(describing: target), String(reflecting: target), target.debugDescription, dumped,
            "\([target]) \(Optional(target) as Any)", "\(Array(mirror.children))", "\(mirror)",
        ]
        for text in printed {
            for secret in target.secrets { #expect(!text.contains(secret)) }
            #expect(!text.contains("s3cr"))
        }
        #expect(target["password"] == nil && target["sslpassword"] == nil)
        #expect(target["user"] == "u" && target["sslmode"] == nil)
    }

    @Test(
        "a text that cannot be parsed is not quoted",
        arguments: [
            "host=db1 password=s3cr!t more",
            "host=db1 password=my s3cr!t=x",
            "host=db1 password='s3cr!t",
            "host=db1 password=a \"s3\"cr!t",
            "s3cr!t",
            "postgres://u:s3cr!t%zz@db1/app",
            "postgres://u:%00s3cr!t@db1/app",
            "postgres://u@[::1s3cr!t/app",
            "postgres://u@db1/app?password=s3cr!t=x",
            "postgres://u@db1/app?s3cr!t",
            "postgres://u@db1/app?s3cr!t=1",
            // What libpq would accept, with a part of the password in host, port or database.
            "postgres://u:p@s3cr!t@db1/app",
            "postgres://u:s3cr!t/x@db1/app",
            "postgres://u:1/s3cr!t@db1/app",
            "postgres://u:p@s3cr!t:1@db1/app",
            "dbname=postgres://u:s3cr!t@db1/app",
            "dbname='host=db1 password=s3cr!t'",
            "host=db1 port=s3cr!t",
            "host=db1\0password=s3cr!t",
        ])
    func unreadable(text: String) throws {
        let error = try #require(throws: PostgresError.self) { try ConnectionString(parsing: text) }
        #expect(error.kind == .invalidConnectionString)
        #expect(error.message.hasPrefix("the connection string cannot be read: "))
        var dumped = ""
        dump(error, to: &dumped)
        for printed in [error.description, String(reflecting: error), dumped] {
            #expect(!printed.contains("s3cr") && !printed.contains("cr!t"))
        }
    }

    @Test("secrets have the spellings under which they can stand in a command line")
    func spellings() throws {
        #expect(
            try ConnectionString(parsing: "postgres://u:a%40b@h/d?sslpassword=c%20d").secrets == [
                "a%40b", "a@b", "c d", "c%20d",
            ])
        #expect(try ConnectionString(parsing: #"password='it\'s'"#).secrets == ["it's", #"it\'s"#])
        #expect(try ConnectionString(parsing: "host=h user=u").secrets == [])
        #expect(try ConnectionString(parsing: "host=h").setting("password", "p").secrets == ["p"])
    }

    @Test("settings are added, replaced and defaulted")
    func settings() throws {
        let target = try ConnectionString(parsing: "host=/run,db2 application_name=mine")
        #expect(target.defaulting("application_name", to: "poolscope")["application_name"] == "mine")
        #expect(target.setting("application_name", "poolscope")["application_name"] == "poolscope")
        #expect(target.defaulting("client_encoding", to: "UTF8")["client_encoding"] == "UTF8")
        #expect(target["host"] == "/run,db2")
        #expect(try target == ConnectionString(parsing: "application_name=mine host=/run,db2"))
        #expect(target != target.setting("password", "x"))
    }

    @Test("a description is one line whatever the values contain")
    func oddValues() throws {
        #expect(try ConnectionString(parsing: "").description == "")
        #expect(try ConnectionString(parsing: "host='' user='a b'").description == "host='' user='a b'")
        #expect(try ConnectionString(parsing: "user='a\nb' service=s").description == "service=s user='a b'")
        #expect(try ConnectionString(parsing: "host=@abstract dbname=a@b").description == "host=@abstract dbname=a@b")
    }

    @Test("connect_timeout counts when it is above zero")
    func connectTimeout() throws {
        #expect(try ConnectionString(parsing: "connect_timeout=3").connectTimeout == .seconds(3))
        #expect(try ConnectionString(parsing: "connect_timeout=0").connectTimeout == nil)
        #expect(try ConnectionString(parsing: "host=h").connectTimeout == nil)
    }

    @Test("messages lose every secret, the longer first")
    func scrubbing() {
        #expect("user pass failed for passport".scrubbed(of: ["pass", "passport", ""]) == "user … failed for …")
        let error = PostgresError.connecting("host \"my\nsecret\" is unknown\n", secrets: ["my\nsecret"])
        #expect(error.message == "host \"…\" is unknown")
    }
}
