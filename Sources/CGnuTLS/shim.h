#pragma once
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/// `GNUTLS_KP_TLS_WWW_CLIENT`, a macro: the purpose of a client's certificate.
static const char *const poolscope_client_purpose = GNUTLS_KP_TLS_WWW_CLIENT;

/// `gnutls_free`, a variable that Swift takes for shared state.
static inline void
poolscope_gnutls_free(void *pointer)
{
    gnutls_free(pointer);
}
