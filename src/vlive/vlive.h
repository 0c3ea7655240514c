/* vlive.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#define VLIVE_INSIDE
#include "base/vlive-debug.h"
#include "base/vlive-error.h"
#include "base/vlive-monitor.h"
#include "base/vlive-types.h"
#include "base/vlive-version-macros.h"
#include "cache/vlive-cache.h"
#include "master/vlive-description.h"
#include "master/vlive-local-master.h"
#include "master/vlive-local-stream.h"
#include "master/vlive-master.h"
#include "master/vlive-rest-master.h"
#include "master/vlive-scripted-master.h"
#include "record/vlive-change-event.h"
#include "record/vlive-column.h"
#include "record/vlive-page.h"
#include "record/vlive-query.h"
#include "record/vlive-record.h"
#include "record/vlive-schema.h"
#include "record/vlive-write.h"
#include "stream/vlive-live-stream.h"
#include "stream/vlive-manual-stream.h"
#include "table/vlive-draft.h"
#include "table/vlive-ledger.h"
#include "table/vlive-row.h"
#include "table/vlive-store.h"
#include "table/vlive-table.h"
#include "vlive-enums.h"
#undef VLIVE_INSIDE
