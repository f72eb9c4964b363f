"""Runs what docs/connection-management.md claims, and prints what happened as lines of name=value.

    proofs.py PROOF DSN...

Beside the DSN of the server and, where the proof has to do with it, of a PgBouncer in transaction mode whose pools have one
connection. PYTHONPATH has Examples/ConnectionManagement.
"""

import logging
import sys
import threading

import psycopg

import per_request
from pool import keep_warm, open_pool
from transfer import NotEnough, transfer


def tell(**values):
    for name, value in values.items():
        print(f"{name}={value}", flush=True)


def outcome(work):
    """What came of it: the value, or the error's class and SQLSTATE."""
    try:
        return work()
    except psycopg.Error as error:
        return f"{type(error).__name__} {error.sqlstate or ''}".rstrip()
    except Exception as error:
        return type(error).__name__


def ends_with_error(client, statement):
    """Whether it fails. Of a session that was ended, psycopg tells the server's SQLSTATE or just the loss."""
    try:
        client.execute(statement)
        return False
    except psycopg.OperationalError:
        return True


def connect(dsn, **settings):
    return psycopg.connect(dsn, autocommit=True, **settings)


def patient(dsn, maximum=10, **settings):
    """The example's pool, with time-outs that hold on a busy machine, too."""
    pool = open_pool(dsn, maximum, connect_timeout=60, **settings)
    pool.timeout = 60
    return pool


def lifecycle(dsn, watcher):
    """Fifty transfers of which most fail, over a pool of two."""
    with patient(dsn, maximum=2) as pool, connect(watcher) as server:
        outcomes = [outcome(lambda: transfer(pool, "ann", "bob", 40)) for _ in range(50)]
        tell(booked=outcomes.count(None), refused=outcomes.count("NotEnough"))
        states = server.execute("SELECT state, count(*) FROM pg_stat_activity WHERE usename = 'app' GROUP BY 1")
        tell(states=states.fetchall())
        tell(balances=server.execute("SELECT name, balance FROM account ORDER BY name").fetchall())
        tell(lent=pool.get_stats()["pool_size"] - pool.get_stats()["pool_available"])


def first_error(dsn, watcher):
    """The connection is lost, and then the work fails: its error is the one that comes out."""

    def work():
        with pool.connection() as connection:
            with connect(watcher) as server:
                server.execute("SELECT pg_terminate_backend(%s, 60000)", (connection.info.backend_pid,))
            raise NotEnough("ann")

    with patient(dsn, maximum=2) as pool:
        tell(error=outcome(work), afterwards=outcome(lambda: per_request.right(pool, "ann")))


def swallowed(dsn, watcher):
    """A statement fails, its error is swallowed, and the block ends as if all was well."""
    with patient(dsn, maximum=2) as pool, connect(watcher) as server:
        with pool.connection() as connection:
            connection.execute("UPDATE account SET balance = 0")
            tell(error=outcome(lambda: connection.execute("SELECT 1/0")))
        tell(balance=server.execute("SELECT sum(balance) FROM account").fetchone()[0])


def put_back_open(dsn):
    """A connection goes back within its transaction."""
    with patient(dsn, maximum=2) as pool:
        for _ in range(2):
            connection = pool.getconn()
            connection.execute("UPDATE account SET balance = 0")
            pool.putconn(connection)
        with pool.connection() as connection:
            balance, inside = connection.execute(
                "SELECT sum(balance), max(pg_current_xact_id_if_assigned()::text) FROM account"
            ).fetchone()
            tell(balance=balance, inside=inside)


def fail_fast(dsn, watcher):
    with patient(dsn, maximum=2) as pool:
        held = [pool.getconn(), pool.getconn()]
        pool.timeout = 0.2
        tell(third=outcome(pool.getconn))
        pool.timeout = 60
        for connection in held:
            pool.putconn(connection)
        tell(afterwards=outcome(lambda: per_request.right(pool, "ann")))


def warm(dsn, watcher):
    """The pool's connections are ended under it; the sign of life says so, goes on, and finds them again."""

    class Record(logging.Handler):
        def emit(self, record):
            records.append(record.getMessage())
            failed.set()

    records, failed, stop = [], threading.Event(), threading.Event()
    logging.getLogger("shop").addHandler(Record())
    with patient(dsn) as pool, connect(watcher) as server:
        tell(minimum=pool.get_stats()["pool_size"])
        server.execute("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'app'")
        thread = threading.Thread(target=keep_warm, args=(pool, stop, 0.05))
        thread.start()
        tell(told=failed.wait(60))
        for _ in range(600):
            if outcome(lambda: per_request.right(pool, "ann")) == 100:
                break
        tell(lives=thread.is_alive(), balance=per_request.right(pool, "ann"))
        stop.set()
        thread.join()
    tell(words=records[0].split(":")[0])


def requests(dsn, way):
    """A hundred requests."""
    if way == "wrong":
        for _ in range(100):
            per_request.wrong(dsn, "ann")
    else:
        with patient(dsn) as pool:
            for _ in range(100):
                per_request.right(pool, "ann")
    tell(done=100)


def session_state(pooler, key):
    """Two clients: what the first one sets up is the second one's, if they share a server connection."""
    with connect(pooler) as first, connect(pooler) as second:
        first.execute("SET statement_timeout = '7s'")
        tell(leaked=second.execute("SHOW statement_timeout").fetchone()[0])
        first.execute("RESET statement_timeout")
        with first.transaction():
            first.execute("SET LOCAL statement_timeout = '9s'")
            tell(inside=first.execute("SHOW statement_timeout").fetchone()[0])
        tell(afterwards=second.execute("SHOW statement_timeout").fetchone()[0])
        lock = f"SELECT pg_try_advisory_lock({key})"
        tell(locks=[one.execute(lock).fetchone()[0] for one in (first, second)])
        within = f"SELECT pg_try_advisory_xact_lock({key}1)"
        with first.transaction():
            tell(lock_inside=first.execute(within).fetchone()[0])
        first.execute("CREATE TEMPORARY TABLE basket (article text)")
        tell(table=outcome(lambda: second.execute("SELECT count(*) FROM basket").fetchone()[0]))


def prepared(pooler, threshold):
    """Two clients that run the same statement many times, as psycopg does by itself, or without preparing it."""
    settings = {} if threshold == "default" else {"prepare_threshold": None}
    with connect(pooler, **settings) as first, connect(pooler, **settings) as second:
        for client in (first, second):
            tell(outcome=outcome(lambda: [client.execute("SELECT %s + 1", (n,)).fetchone()[0] for n in range(8)]))


def listen(pooler, dsn):
    """A client that listens through the pooler, another one to which its notification goes, and one that is direct."""
    heard = {"listener": [], "bystander": [], "direct": []}
    with connect(pooler) as listener, connect(pooler) as bystander, connect(dsn) as direct, connect(dsn) as sender:
        clients = {"listener": listener, "bystander": bystander, "direct": direct}
        for name, client in clients.items():
            client.add_notify_handler(lambda notification, name=name: heard[name].append(notification.payload))
        listener.execute("LISTEN orders")
        direct.execute("LISTEN orders")
        # While the bystander holds the one server connection, the notification waits there for the transaction's end.
        with bystander.transaction():
            bystander.execute("SELECT 1")
            sender.execute("NOTIFY orders, '42'")
        direct.execute("SELECT 1")
        listener.execute("SELECT 1")
    tell(**heard)


def timeouts(dsn, pooler):
    """Of the role, as new sessions have it, and for one transaction."""

    def shown(client):
        return client.execute("SHOW statement_timeout").fetchone()[0]

    with connect(dsn) as direct, connect(pooler) as pooled:
        for name, client in (("direct", direct), ("pooled", pooled)):
            with client.transaction():
                client.execute("SET LOCAL statement_timeout = '10s'")
                inside = shown(client)
            tell(**{name: [shown(client), inside]})

        def slow():
            with pooled.transaction():
                pooled.execute("SET LOCAL statement_timeout = '50ms'")
                pooled.execute("SELECT pg_sleep(600)")

        tell(slow=outcome(slow), afterwards=outcome(lambda: shown(pooled)))


def refusals(dsn, pooler, watcher):
    """What clients get from the time-outs that are neither of a statement nor of an idle transaction."""
    with connect(watcher) as server, connect(dsn) as client, server.transaction():
        server.execute("UPDATE account SET balance = balance")
        client.execute("SET lock_timeout = '50ms'")
        tell(lock=outcome(lambda: client.execute("UPDATE account SET balance = balance")))
        tell(afterwards=client.execute("SELECT 1").fetchone()[0])
    with connect(pooler) as holder, connect(pooler) as waiter, holder.transaction():
        holder.execute("SELECT 1")
        try:
            waiter.execute("SELECT 1")
        except psycopg.OperationalError as error:
            tell(wait="query_wait_timeout" in str(error), closed=waiter.closed)
    try:
        connect(pooler, options="-c statement_timeout=30s")
    except psycopg.OperationalError as error:
        tell(options="unsupported startup parameter: options" in str(error))


def transaction_timeout(dsn):
    """PostgreSQL 17 and newer."""
    with psycopg.connect(dsn) as client:
        client.execute("SET transaction_timeout = '100ms'")
        client.commit()
        tell(error=ends_with_error(client, "SELECT pg_sleep(600)"), closed=client.closed)


def older_sessions(dsn, owner):
    """A session of before does not learn of a setting of its role."""
    with connect(dsn) as old, connect(owner) as server:
        server.execute("ALTER ROLE app SET lock_timeout = '3s'")
        with connect(dsn) as new:
            tell(old=old.execute("SHOW lock_timeout").fetchone()[0], new=new.execute("SHOW lock_timeout").fetchone()[0])


def idle_in_transaction(dsn, watcher):
    with psycopg.connect(dsn) as forgotten, connect(watcher) as server:
        forgotten.execute("SET idle_in_transaction_session_timeout = '100ms'")
        forgotten.execute("SELECT balance FROM account WHERE name = 'ann' FOR UPDATE")
        pid = forgotten.info.backend_pid
        # The row's lock goes with the session: until then this waits.
        tell(waiter=outcome(lambda: server.execute("UPDATE account SET balance = balance").rowcount))
        left = server.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", (pid,)).fetchone()[0]
        tell(error=ends_with_error(forgotten, "SELECT 1"), closed=forgotten.closed)
        tell(left=left)


def slow_client(dsn):
    """A statement that takes for ever, until somebody ends it; then another one."""
    client = connect(dsn)
    tell(error=ends_with_error(client, "SELECT pg_sleep(600)"), closed=client.closed)
    tell(afterwards=outcome(lambda: client.execute("SELECT 1").fetchone()[0]))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
