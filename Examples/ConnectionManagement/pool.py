"""One pool for the whole process, and a sign of life now and then."""

import logging

import psycopg
from psycopg_pool import ConnectionPool

log = logging.getLogger("shop")


def open_pool(dsn, maximum=10, **session):
    pool = ConnectionPool(
        dsn,
        min_size=2,  # kept warm: the first request after a quiet night pays for no log-in
        max_size=maximum,
        timeout=2,  # whoever has no connection after 2 s gets an error, and can say so
        max_idle=30,  # beyond min_size, what nobody uses is closed
        max_lifetime=1800,  # frees what a backend has gathered, and finds a new primary
        kwargs={"connect_timeout": 2, "application_name": "shop", **session},
        open=False,
    )
    pool.open(wait=True)
    return pool


def keep_warm(pool, stop, interval=60):
    """Sends a sign of life every minute, in a thread of its own, until the event `stop` is set."""
    while not stop.wait(interval):
        try:
            with pool.connection() as connection:
                connection.execute("SELECT 1")
        except psycopg.Error as error:  # PoolTimeout is one, too
            log.warning("keep-alive failed: %s", error)
