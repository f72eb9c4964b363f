/*
 * The floor of the query benchmark: bare libpq, one thread for each connection, PQexecParams in a loop.
 *
 *     libpq_query DSN CONNECTIONS QUERIES SQL
 *
 * Every thread runs its share of QUERIES over a connection of its own and reads every value. Prints the wall time and
 * the CPU time of the process, in seconds, without connecting and a tenth as many queries before, to warm up.
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_barrier_t barrier;
static const char *dsn, *sql;
static int share;

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static void fail(PGconn *connection)
{
    fprintf(stderr, "libpq_query: %s", PQerrorMessage(connection));
    exit(1);
}

static size_t query(PGconn *connection)
{
    size_t length = 0;
    PGresult *result = PQexecParams(connection, sql, 0, NULL, NULL, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail(connection);
    for (int row = 0; row < PQntuples(result); row++)
        for (int column = 0; column < PQnfields(result); column++)
            length += strlen(PQgetvalue(result, row, column));
    PQclear(result);
    return length;
}

static void *work(void *unused)
{
    size_t length = 0;
    PGconn *connection = PQconnectdb(dsn);
    if (PQstatus(connection) != CONNECTION_OK) fail(connection);
    for (int i = 0; i < share / 10; i++) length += query(connection);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < share; i++) length += query(connection);
    pthread_barrier_wait(&barrier);
    PQfinish(connection);
    return length == 0 ? (void *)"nothing was read" : unused;
}

int main(int argc, char **argv)
{
    if (argc != 5) return 2;
    int threads = atoi(argv[2]);
    dsn = argv[1], share = atoi(argv[3]) / threads, sql = argv[4];
    pthread_barrier_init(&barrier, NULL, threads + 1);
    pthread_t *ids = calloc(threads, sizeof *ids);
    for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, NULL);
    pthread_barrier_wait(&barrier);
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    pthread_barrier_wait(&barrier);
    wall = seconds(CLOCK_MONOTONIC) - wall, cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    printf("%.9f %.9f\n", wall, cpu);
    return 0;
}
