#pragma once
#include <libpq-fe.h>
/* Glibc's Swift module leaves these two out. */
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* Character macros, which Swift does not import. */
static const int POSTGRES_DIAG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED;
static const int POSTGRES_DIAG_LOCALIZED_SEVERITY = PG_DIAG_SEVERITY;
static const int POSTGRES_DIAG_SQLSTATE = PG_DIAG_SQLSTATE;
static const int POSTGRES_DIAG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY;
