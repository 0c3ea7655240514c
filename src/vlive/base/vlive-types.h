/* vlive-types.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "vlive-version-macros.h"

G_BEGIN_DECLS

typedef struct _VliveColumn      VliveColumn;
typedef struct _VliveSchema      VliveSchema;
typedef struct _VliveRecord      VliveRecord;
typedef struct _VliveQuery       VliveQuery;
typedef struct _VlivePage        VlivePage;
typedef struct _VliveChangeEvent VliveChangeEvent;
typedef struct _VliveDescription VliveDescription;
typedef struct _VliveReply       VliveReply;
typedef struct _VliveProfile     VliveProfile;

/**
 * VliveOutcome:
 * @VLIVE_OUTCOME_NONE: nothing to tell
 * @VLIVE_OUTCOME_HIT: answered from the cache, fresh
 * @VLIVE_OUTCOME_STALE: answered from the cache, because the master did not answer
 * @VLIVE_OUTCOME_MISS: answered by the master
 * @VLIVE_OUTCOME_POPULATED: an answer was stored
 * @VLIVE_OUTCOME_MISS_AT_MASTER: the master has no such record
 * @VLIVE_OUTCOME_INVALIDATED: something cached is no longer believed
 * @VLIVE_OUTCOME_FAILED: nothing could be done
 *
 * What became of a read or another step.
 */
typedef enum
{
  VLIVE_OUTCOME_NONE,
  VLIVE_OUTCOME_HIT,
  VLIVE_OUTCOME_STALE,
  VLIVE_OUTCOME_MISS,
  VLIVE_OUTCOME_POPULATED,
  VLIVE_OUTCOME_MISS_AT_MASTER,
  VLIVE_OUTCOME_INVALIDATED,
  VLIVE_OUTCOME_FAILED,
} VliveOutcome;

G_END_DECLS
