/* vlive-rest-status.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-master-private.h"

#include <string.h>

#include "base/vlive-error.h"

/* What a status means to whoever asked, where reads and writes agree. */
static VliveError
get_code (guint status)
{
  switch (status)
    {
    case 401:
    case 403:
    case 407:
      return VLIVE_ERROR_AUTH;
    case 404:
    case 410:
      return VLIVE_ERROR_NOT_FOUND;
    case 405:
    case 501:
      return VLIVE_ERROR_UNSUPPORTED;
    case 408:
      return VLIVE_ERROR_TIMEOUT;
    case 413:
    case 414:
      return VLIVE_ERROR_TOO_LARGE;
    case 429:
    case 503:
      return VLIVE_ERROR_BUSY;
    default:
      return status >= 500 ? VLIVE_ERROR_SERVER : VLIVE_ERROR_INVALID;
    }
}

GError *
_vlive_rest_read_error_new (VliveRestMaster *self,
                            VliveHttpAnswer *http,
                            const char *id)
{
  g_autofree char *status = _vlive_http_dup_status (http);
  VliveError code = get_code (http->status);

  if (code == VLIVE_ERROR_NOT_FOUND && id != NULL)
    return g_error_new (VLIVE_ERROR, code, "There is no “%s” in “%s” (%s: %s)", id,
                        self->resource, http->url, status);
  if (code == VLIVE_ERROR_NOT_FOUND)
    return g_error_new (VLIVE_ERROR, code, "There is no collection “%s” (%s: %s)",
                        self->resource, http->url, status);

  return g_error_new (VLIVE_ERROR, code, "%s: %s", http->url, status);
}

/* A gateway that got no answer does not know what became of the request. */
static gboolean
is_outcome_unknown (guint status, VliveWriteOp op)
{
  return (status == 502 || status == 504) && op == VLIVE_WRITE_INSERT;
}

GError *
_vlive_rest_write_error_new (VliveRestMaster *self,
                             VliveHttpAnswer *http,
                             VliveWriteOp op,
                             const char *id)
{
  g_autofree char *status = _vlive_http_dup_status (http);
  VliveError code = get_code (http->status);

  if (http->status == 409 || http->status == 412)
    code = VLIVE_ERROR_CONFLICT;
  else if (code == VLIVE_ERROR_INVALID || code == VLIVE_ERROR_TOO_LARGE)
    code = VLIVE_ERROR_REJECTED;
  /* json-server says "duplicate id" with a 500. */
  if (op == VLIVE_WRITE_INSERT && self->profile->conflict_text != NULL
      && strstr (status, self->profile->conflict_text) != NULL)
    code = VLIVE_ERROR_CONFLICT;
  if (is_outcome_unknown (http->status, op))
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNKNOWN_OUTCOME,
                        "It is not known whether this was done: %s: %s", http->url,
                        status);
  if (code == VLIVE_ERROR_NOT_FOUND && id != NULL && op != VLIVE_WRITE_INSERT)
    return g_error_new (VLIVE_ERROR, code, "There is no “%s” in “%s” (%s: %s)", id,
                        self->resource, http->url, status);

  return g_error_new (VLIVE_ERROR, code, "%s: %s", http->url, status);
}
