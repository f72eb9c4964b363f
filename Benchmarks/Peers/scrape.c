/* A scraper: asks as Prometheus 2.42 does, over one connection for as long as the server keeps it.
 *
 * usage: scrape PORT PATH COUNT INTERVAL_MS
 * Prints the bytes of the last body, then the time of each scrape in nanoseconds, from the request (or from the
 * connection, where the server has closed the last one) to the last byte of the answer. With an interval scrapes begin
 * that far apart, without one (0) each begins when the last has ended. Fails at any answer but 200. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_LIMIT 8192
#define BODY_LIMIT (64 << 20)

static int server = -1;
static char input[1 << 16];
static size_t place, filled;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "scrape: %s\n", what);
    exit(1);
}

static void open_connection(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_sec = 30};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(server, (struct sockaddr *)&address, sizeof address) != 0) fail("nobody listens");
    place = filled = 0;
}

static void close_connection(void) {
    close(server);
    server = -1;
}

/* The next byte, or -1 at the end. */
static int next(void) {
    if (place == filled) {
        ssize_t count = recv(server, input, sizeof input, 0);
        if (count < 0) fail("no answer within 30 s");
        if (count == 0) return -1;
        place = 0;
        filled = count;
    }
    return (unsigned char)input[place++];
}

/* A line without its end. */
static void line(char *text, size_t limit) {
    size_t length = 0;
    for (int byte; (byte = next()) != '\n';) {
        if (byte < 0 || length + 1 == limit) fail("no HTTP");
        if (byte != '\r') text[length++] = byte;
    }
    text[length] = 0;
}

static void skip(size_t count) {
    while (count > 0) {
        if (place == filled) {
            if (next() < 0) fail("the answer ends early");
            place--;
        }
        size_t part = filled - place < count ? filled - place : count;
        place += part;
        count -= part;
    }
}

static long chunks(void) {
    char text[HEAD_LIMIT];
    long body = 0, size;
    do {
        line(text, sizeof text);
        size = strtol(text, NULL, 16);
        if (size < 0 || body + size > BODY_LIMIT) fail("too large an answer");
        skip(size);
        body += size;
        line(text, sizeof text);
    } while (size > 0);
    return body;
}

/* One request and its answer; returns the bytes of the body. */
static long scrape(int port, const char *request) {
    char text[HEAD_LIMIT];
    long length = -1, body = 0;
    int chunked = 0, closes;
    if (server < 0) open_connection(port);
    if (send(server, request, strlen(request), MSG_NOSIGNAL) < 0) fail("cannot send");
    line(text, sizeof text);
    if (strlen(text) < 12 || strncmp(text + 8, " 200", 4) != 0) fail(text);
    closes = strncmp(text, "HTTP/1.0", 8) == 0;
    for (line(text, sizeof text); *text != 0; line(text, sizeof text)) {
        if (strncasecmp(text, "Content-Length:", 15) == 0) length = atol(text + 15);
        if (strncasecmp(text, "Transfer-Encoding:", 18) == 0) chunked = strcasestr(text, "chunked") != NULL;
        if (strncasecmp(text, "Connection:", 11) == 0 && strcasestr(text, "close") != NULL) closes = 1;
    }
    if (chunked) {
        body = chunks();
    } else if (length >= 0) {
        skip(length);
        body = length;
    } else {
        while (next() >= 0) body++;
        closes = 1;
    }
    if (closes) close_connection();
    return body;
}

static void sleep_until(double moment) {
    struct timespec time = {.tv_sec = (time_t)(moment / 1e9)};
    time.tv_nsec = (long)(moment - time.tv_sec * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {}
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    int port = atoi(arguments[1]), scrapes = atoi(arguments[3]);
    double interval = atof(arguments[4]) * 1e6, begin = now();
    double *times = calloc(scrapes, sizeof *times);
    char request[1024];
    long body = 0;
    if (scrapes < 1 || times == NULL) return 2;
    snprintf(request, sizeof request,
             "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: Prometheus/2.42.0\r\n"
             "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
             "text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\nAccept-Encoding: gzip\r\n"
             "X-Prometheus-Scrape-Timeout-Seconds: 10\r\n\r\n",
             arguments[2], port);
    for (int index = 0; index < scrapes; index++) {
        if (interval > 0) sleep_until(begin + index * interval);
        double start = now();
        body = scrape(port, request);
        times[index] = now() - start;
    }
    printf("%ld\n", body);
    for (int index = 0; index < scrapes; index++) printf("%.0f\n", times[index]);
    return 0;
}
