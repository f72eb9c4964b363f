import Testing

@testable import PostgresPool

@Suite("statements that set up session state")
struct SessionStateGuardTests {
    @Test(
        "are known by their key words",
        arguments: [
            ("SET search_path = x", "SET without LOCAL"),
            ("  set session statement_timeout to 1", "SET without LOCAL"),
            ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SET without LOCAL"),
            ("/* a /* nested */ one */ -- and a line\nSET x = 1", "SET without LOCAL"),
            ("SELECT 1; SET x = 1", "SET without LOCAL"),
            ("SELECT ';'; SET x = 1", "SET without LOCAL"),
            ("SELECT $a$ ; $$ $a$; SET x = 1", "SET without LOCAL"),
            (#"SELECT E'\';'; SET x = 1"#, "SET without LOCAL"),
            ("PREPARE p AS SELECT 1", "PREPARE"),
            ("DEALLOCATE ALL", "DEALLOCATE"),
            ("RESET ALL", "RESET"),
            ("DISCARD ALL", "DISCARD"),
            ("listen jobs", "LISTEN"),
            ("LOAD 'auto_explain'", "LOAD"),
            ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "DECLARE … WITH HOLD"),
            ("CREATE TEMP TABLE t (n int)", "CREATE TEMPORARY without ON COMMIT DROP"),
            ("create or replace temporary view v as select 1", "CREATE TEMPORARY without ON COMMIT DROP"),
            ("CREATE LOCAL TEMP TABLE t ()", "CREATE TEMPORARY without ON COMMIT DROP"),
            ("SELECT pg_advisory_lock(1)", "an advisory lock of the session"),
            (
                "WITH x AS (SELECT 1) SELECT pg_catalog.pg_try_advisory_lock_shared(2)",
                "an advisory lock of the session"
            ),
        ])
    func refused(sql: String, what: String) {
        #expect(
            SessionStateGuard.refusal(of: sql)
                == "\(what) sets up state of the session, which does not hold through a transaction pooler")
    }

    @Test(
        "are not confused with others",
        arguments: [
            "", ";", "SELECT 1", "SET LOCAL statement_timeout = 1", "set transaction isolation level serializable",
            "SET CONSTRAINTS ALL DEFERRED", "UPDATE t SET x = 1", "INSERT INTO temp VALUES (1)",
            "PREPARE TRANSACTION 'x'", "DECLARE c CURSOR WITHOUT HOLD FOR SELECT 1",
            "CREATE TEMP TABLE t (n int) ON COMMIT DROP", "CREATE TABLE temp (n int)", "NOTIFY jobs",
            "SELECT pg_advisory_xact_lock(1)", "SELECT 'SET x = 1; SET y = 2'", "SELECT 'it''s; SET x'",
            "SELECT \"a;SET x\"", "SELECT $$;SET x = 1$$", "SELECT $1, $2; SELECT 3", "SELECT 'unended; SET x",
            "SELECT 1 /* unended ; SET x", "SELECT $a$ unended ; SET x", "SELECT a$b$ FROM t", "SELECT '\\'; SELECT 1",
            "-- SET x = 1", "SELECT 1 - -1", "SELECT 4 / 2", "$", "E'", "SELECT 'pg_advisory_lock'",
        ])
    func admitted(sql: String) {
        #expect(SessionStateGuard.refusal(of: sql) == nil)
    }

    @Test("only the beginning of a long text is looked at")
    func bounded() {
        let long = String(repeating: " ", count: SessionStateGuard.scannedBytes)
        #expect(SessionStateGuard.refusal(of: long + "SET x = 1") == nil)
        #expect(SessionStateGuard.refusal(of: long.dropLast(10) + "SET x = 1") != nil)
    }
}
