/* Scrapers: they ask as Prometheus 2.42 does, each over one connection for as long as the server keeps it.
 *
 * usage: scrape PORT PATH COUNT INTERVAL_MS [CLIENTS [close]]
 * Prints the bytes of a body and the nanoseconds that all took, then the time of each scrape in nanoseconds, from the
 * request (or from the connection, where there is none) to the last byte of the answer. COUNT is each client's. With an
 * interval scrapes begin that far apart, without one (0) each begins when the last has ended. With `close` every scrape
 * has a connection of its own. Fails at any answer but 200. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_LIMIT 8192
#define BODY_LIMIT (64 << 20)

struct client {
    pthread_t thread;
    int server;
    size_t place, filled;
    long body;
    double *times;
    char input[1 << 16];
};

static int port, scrapes, closes_always;
static double interval;
static const char *path;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "scrape: %s\n", what);
    exit(1);
}

static void open_connection(struct client *client) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_sec = 30};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = client->server = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(server, (struct sockaddr *)&address, sizeof address) != 0) fail("nobody listens");
    client->place = client->filled = 0;
}

static void close_connection(struct client *client) {
    close(client->server);
    client->server = -1;
}

/* The next byte, or -1 at the end. */
static int next(struct client *client) {
    if (client->place == client->filled) {
        ssize_t count = recv(client->server, client->input, sizeof client->input, 0);
        if (count < 0) fail("no answer within 30 s");
        if (count == 0) return -1;
        client->place = 0;
        client->filled = count;
    }
    return (unsigned char)client->input[client->place++];
}

/* A line without its end. */
static void line(struct client *client, char *text, size_t limit) {
    size_t length = 0;
    for (int byte; (byte = next(client)) != '\n';) {
        if (byte < 0 || length + 1 == limit) fail("no HTTP");
        if (byte != '\r') text[length++] = byte;
    }
    text[length] = 0;
}

static void skip(struct client *client, size_t count) {
    while (count > 0) {
        if (client->place == client->filled) {
            if (next(client) < 0) fail("the answer ends early");
            client->place--;
        }
        size_t rest = client->filled - client->place, part = rest < count ? rest : count;
        client->place += part;
        count -= part;
    }
}

static long chunks(struct client *client) {
    char text[HEAD_LIMIT];
    long body = 0, size;
    do {
        line(client, text, sizeof text);
        size = strtol(text, NULL, 16);
        if (size < 0 || body + size > BODY_LIMIT) fail("too large an answer");
        skip(client, size);
        body += size;
        line(client, text, sizeof text);
    } while (size > 0);
    return body;
}

/* One request and its answer; returns the bytes of the body. */
static long scrape(struct client *client, const char *request) {
    char text[HEAD_LIMIT];
    long length = -1, body = 0;
    int chunked = 0, closes;
    if (client->server < 0) open_connection(client);
    if (send(client->server, request, strlen(request), MSG_NOSIGNAL) < 0) fail("cannot send");
    line(client, text, sizeof text);
    if (strlen(text) < 12 || strncmp(text + 8, " 200", 4) != 0) fail(text);
    closes = strncmp(text, "HTTP/1.0", 8) == 0;
    for (line(client, text, sizeof text); *text != 0; line(client, text, sizeof text)) {
        if (strncasecmp(text, "Content-Length:", 15) == 0) length = atol(text + 15);
        if (strncasecmp(text, "Transfer-Encoding:", 18) == 0) chunked = strcasestr(text, "chunked") != NULL;
        if (strncasecmp(text, "Connection:", 11) == 0 && strcasestr(text, "close") != NULL) closes = 1;
    }
    if (chunked) {
        body = chunks(client);
    } else if (length >= 0) {
        skip(client, length);
        body = length;
    } else {
        while (next(client) >= 0) body++;
        closes = 1;
    }
    if (closes || closes_always) close_connection(client);
    return body;
}

static void sleep_until(double moment) {
    struct timespec time = {.tv_sec = (time_t)(moment / 1e9)};
    time.tv_nsec = (long)(moment - time.tv_sec * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {}
}

static void *work(void *argument) {
    struct client *client = argument;
    char request[1024];
    double begin = now();
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: Prometheus/2.42.0\r\n"
             "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
             "text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\nAccept-Encoding: gzip\r\n"
             "X-Prometheus-Scrape-Timeout-Seconds: 10\r\n\r\n",
             path, port);
    for (int index = 0; index < scrapes; index++) {
        if (interval > 0) sleep_until(begin + index * interval);
        double start = now();
        client->body = scrape(client, request);
        client->times[index] = now() - start;
    }
    return NULL;
}

int main(int count, char **arguments) {
    if (count < 5 || count > 7) return 2;
    int size = count > 5 ? atoi(arguments[5]) : 1;
    port = atoi(arguments[1]);
    path = arguments[2];
    scrapes = atoi(arguments[3]);
    interval = atof(arguments[4]) * 1e6;
    closes_always = count > 6;
    if (scrapes < 1 || size < 1) return 2;
    struct client *clients = calloc(size, sizeof *clients);
    if (clients == NULL) return 1;
    double begin = now();
    for (int index = 0; index < size; index++) {
        clients[index].server = -1;
        clients[index].times = calloc(scrapes, sizeof(double));
        if (clients[index].times == NULL) return 1;
        if (pthread_create(&clients[index].thread, NULL, work, &clients[index]) != 0) fail("no thread left");
    }
    for (int index = 0; index < size; index++) pthread_join(clients[index].thread, NULL);
    printf("%ld %.0f\n", clients[0].body, now() - begin);
    for (int index = 0; index < size; index++)
        for (int scrape = 0; scrape < scrapes; scrape++) printf("%.0f\n", clients[index].times[scrape]);
    return 0;
}
