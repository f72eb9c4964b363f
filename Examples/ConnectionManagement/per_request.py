"""What a connection for each request looks like, and what it should look like."""

import psycopg

BALANCE = "SELECT balance FROM account WHERE name = %s"


def wrong(dsn, name):
    # A log-in, a new process on the server and cold caches: for one statement.
    with psycopg.connect(dsn) as connection:
        return connection.execute(BALANCE, (name,)).fetchone()[0]


def right(pool, name):
    with pool.connection() as connection:
        return connection.execute(BALANCE, (name,)).fetchone()[0]
