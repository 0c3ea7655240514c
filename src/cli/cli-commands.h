/* cli-commands.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cli-session.h"

G_BEGIN_DECLS

/* What the verbs run: each starts something and returns; the session ends it
 * with cli_session_done() or cli_session_fail(). */
void cli_list            (CliSession *session);
void cli_get             (CliSession *session);
void cli_add             (CliSession *session);
void cli_set             (CliSession *session);
void cli_delete          (CliSession *session);
void cli_seed            (CliSession *session);
void cli_event_then_list (CliSession *session);
void cli_import          (CliSession *session);
void cli_export          (CliSession *session);
void cli_watch           (CliSession *session);
void cli_local_info      (CliSession *session);
void cli_api_info        (CliSession *session);
void cli_demo_info       (CliSession *session);
void cli_cache_info      (CliSession *session);
void cli_cache_clear     (CliSession *session);

G_END_DECLS
