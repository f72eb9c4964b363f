/* A crowd: sessions that do nothing, of twenty applications.
 *
 * usage: crowd CONNINFO COUNT FILE
 * Opens them, creates the file when all are there, and holds them until it is ended by a signal. */
#include <fcntl.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS 8

static const char *conninfo;
static int count;
static atomic_int opened;

static void *work(void *nothing) {
    char text[1024];
    for (int place; (place = atomic_fetch_add(&opened, 1)) < count;) {
        snprintf(text, sizeof text, "%s application_name=app-%d", conninfo, place % 20);
        PGconn *connection = PQconnectdb(text);
        if (PQstatus(connection) == CONNECTION_OK) continue;
        fprintf(stderr, "%s", PQerrorMessage(connection));
        exit(1);
    }
    return nothing;
}

int main(int size, char **arguments) {
    pthread_t threads[THREADS];
    if (size != 4) return 2;
    conninfo = arguments[1];
    count = atoi(arguments[2]);
    for (int index = 0; index < THREADS; index++)
        if (pthread_create(&threads[index], NULL, work, NULL) != 0) return 1;
    for (int index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    if (open(arguments[3], O_WRONLY | O_CREAT, 0600) < 0) return 1;
    for (;;) pause();
}
