"""A peer of the query benchmark: psycopg's pool.

    psycopg_query.py DSN CONNECTIONS TASKS QUERIES SQL

TASKS threads share CONNECTIONS connections; each takes a connection from the pool for every query and reads every row.
Prints the wall time and the CPU time of the process, in seconds, without opening the pool and a tenth as many queries
before, to warm up.
"""

import logging
import sys
import threading
import time

import psycopg_pool

dsn, connections, tasks, queries, sql = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
share = queries // tasks
logging.basicConfig(level=logging.ERROR)
barrier = threading.Barrier(tasks + 1)


def query(pool):
    with pool.connection() as connection:
        connection.execute(sql).fetchall()


def work(pool):
    for _ in range(share // 10):
        query(pool)
    barrier.wait()
    for _ in range(share):
        query(pool)
    barrier.wait()


# In autocommit like the others: without BEGIN and COMMIT around each query; and never prepared.
with psycopg_pool.ConnectionPool(
    dsn, min_size=connections, max_size=connections, kwargs={"autocommit": True, "prepare_threshold": None}
) as pool:
    pool.wait()
    threads = [threading.Thread(target=work, args=[pool]) for _ in range(tasks)]
    for thread in threads:
        thread.start()
    barrier.wait()
    wall, cpu = time.monotonic(), time.process_time()
    barrier.wait()
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    for thread in threads:
        thread.join()
print(f"{wall:.9f} {cpu:.9f}")
