/* The floor of serving: libmicrohttpd sends the same bytes to everybody.
 *
 * usage: constant PORT BYTES
 * Serves until it is ended by a signal. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result reply(void *response, struct MHD_Connection *connection, const char *url, const char *method,
                             const char *version, const char *part, size_t *size, void **slot) {
    (void)url, (void)method, (void)version, (void)part, (void)size;
    if (*slot == NULL) {
        *slot = response;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    size_t size = strtoul(arguments[2], NULL, 10);
    char *bytes = malloc(size > 0 ? size : 1);
    if (bytes == NULL) return 1;
    memset(bytes, 'x', size);
    struct MHD_Response *response = MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, "Content-Type", "text/plain");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, reply, response,
                         MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END) == NULL)
        return 1;
    for (;;) pause();
}
