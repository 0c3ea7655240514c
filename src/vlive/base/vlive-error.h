/* vlive-error.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive-types.h"

G_BEGIN_DECLS

#define VLIVE_ERROR (vlive_error_quark ())

/**
 * VliveError:
 * @VLIVE_ERROR_FAILED: something failed that has no code of its own
 * @VLIVE_ERROR_OFFLINE: the master cannot be reached: no route, refused, DNS, TLS
 * @VLIVE_ERROR_TIMEOUT: the master did not answer in time
 * @VLIVE_ERROR_BUSY: the master asks to be left alone for a while (429, 503)
 * @VLIVE_ERROR_AUTH: the master wants other credentials (401, 403)
 * @VLIVE_ERROR_SERVER: the master failed on its side (5xx)
 * @VLIVE_ERROR_NOT_FOUND: there is no such record, table or collection
 * @VLIVE_ERROR_REJECTED: the master refused a write; the message is its reason
 * @VLIVE_ERROR_CONFLICT: a checked write met a newer version, or a taken id
 * @VLIVE_ERROR_UNSUPPORTED: the master cannot do this; the message says what and why
 * @VLIVE_ERROR_INVALID: what was given, or what the master answered, makes no sense
 * @VLIVE_ERROR_TOO_LARGE: an answer or a value above its limit
 * @VLIVE_ERROR_STORAGE: a file cannot be read or written
 * @VLIVE_ERROR_CORRUPT: a file or value is damaged or not ours
 * @VLIVE_ERROR_CLOSED: the object has been closed
 * @VLIVE_ERROR_UNKNOWN_OUTCOME: a write was sent and its answer never came
 *
 * Error codes of the domain %VLIVE_ERROR.
 */
typedef enum
{
  VLIVE_ERROR_FAILED,
  VLIVE_ERROR_OFFLINE,
  VLIVE_ERROR_TIMEOUT,
  VLIVE_ERROR_BUSY,
  VLIVE_ERROR_AUTH,
  VLIVE_ERROR_SERVER,
  VLIVE_ERROR_NOT_FOUND,
  VLIVE_ERROR_REJECTED,
  VLIVE_ERROR_CONFLICT,
  VLIVE_ERROR_UNSUPPORTED,
  VLIVE_ERROR_INVALID,
  VLIVE_ERROR_TOO_LARGE,
  VLIVE_ERROR_STORAGE,
  VLIVE_ERROR_CORRUPT,
  VLIVE_ERROR_CLOSED,
  VLIVE_ERROR_UNKNOWN_OUTCOME,
} VliveError;

VLIVE_AVAILABLE_IN_0_1
GQuark   vlive_error_quark      (void);

VLIVE_AVAILABLE_IN_0_1
gboolean vlive_error_is_offline (const GError *error);

G_END_DECLS
