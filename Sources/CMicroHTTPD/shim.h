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
