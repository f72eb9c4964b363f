#pragma once
#include <microhttpd.h>

/// `MHD_start_daemon` without its variable arguments, which Swift cannot pass.
/// `context` is handed to all three callbacks; `options` ends with `MHD_OPTION_END`.
static inline struct MHD_Daemon *
poolscope_start_daemon(unsigned int flags, MHD_AcceptPolicyCallback accept, MHD_AccessHandlerCallback handle,
                       MHD_NotifyConnectionCallback notify, void *context, struct MHD_OptionItem *options)
{
    return MHD_start_daemon(flags, 0, accept, context, handle, context,
                            MHD_OPTION_NOTIFY_CONNECTION, notify, context,
                            MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

/// `MHD_get_connection_info` without its variable arguments: the client's address; NULL if there is none.
static inline const struct sockaddr *
poolscope_client_address(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

/// The same: the `gnutls_session_t` of a connection; NULL without TLS.
static inline void *
poolscope_tls_session(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info ? info->tls_session : NULL;
}
