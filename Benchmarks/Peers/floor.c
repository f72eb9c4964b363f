/* The floor of collecting: C and libpq read the sessions of a server, and touch every value.
 *
 * usage: floor CONNINFO SAMPLES STATEMENT
 * Prints medians in nanoseconds: CPU of the server process, CPU of this one, then the number of rows. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double server_cpu(int pid) {
    char path[64];
    double nanoseconds = 0;
    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%lf", &nanoseconds) != 1) exit(1);
    fclose(file);
    return nanoseconds;
}

static double own_cpu(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static int ascending(const void *left, const void *right) {
    double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

/* Every field, as whoever makes something of it must. */
static unsigned touch(const PGresult *result) {
    unsigned sum = 0;
    int columns = PQnfields(result);
    for (int row = 0; row < PQntuples(result); row++)
        for (int column = 0; column < columns; column++) {
            if (PQgetisnull(result, row, column)) continue;
            sum += (unsigned char)*PQgetvalue(result, row, column) + (unsigned)PQgetlength(result, row, column);
        }
    return sum;
}

int main(int count, char **arguments) {
    if (count != 4) return 2;
    int samples = atoi(arguments[2]), rows = 0;
    PGconn *connection = PQconnectdb(arguments[1]);
    double *theirs = calloc(samples, sizeof *theirs), *ours = calloc(samples, sizeof *ours);
    if (samples < 1 || theirs == NULL || ours == NULL || PQstatus(connection) != CONNECTION_OK) return 1;
    int pid = PQbackendPID(connection);
    unsigned sum = 0;
    for (int sample = 0; sample < samples; sample++) {
        double server = server_cpu(pid), own = own_cpu();
        PGresult *result = PQexecParams(connection, arguments[3], 0, NULL, NULL, NULL, NULL, 1);
        if (PQresultStatus(result) != PGRES_TUPLES_OK) return 1;
        sum += touch(result);
        rows = PQntuples(result);
        PQclear(result);
        ours[sample] = own_cpu() - own;
        /* The server counts its time when it goes to sleep, shortly after its last byte was read. */
        usleep(1000);
        theirs[sample] = server_cpu(pid) - server;
    }
    qsort(theirs, samples, sizeof *theirs, ascending);
    qsort(ours, samples, sizeof *ours, ascending);
    printf("%.0f %.0f %d\n", theirs[samples / 2], ours[samples / 2], rows);
    PQfinish(connection);
    return sum == 0;
}
