/* vlive-scripted-properties-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-scripted-master-private.h"

G_BEGIN_DECLS

enum
{
  PROP_0,
  PROP_NAME,
  PROP_N_ROWS,
  PROP_SEED,
  PROP_LATENCY_MIN,
  PROP_LATENCY_MAX,
  PROP_ERROR_RATE,
  PROP_ERROR_CODE,
  PROP_OFFLINE,
  PROP_OFFLINE_WINDOWS,
  PROP_PAGING,
  PROP_MAX_PAGE,
  PROP_TELLS_MAX_PAGE,
  PROP_TOTAL_KIND,
  PROP_CLAIMED_TOTAL,
  PROP_TOTAL_WHEN_NOT_MODIFIED,
  PROP_CAPABILITIES,
  PROP_CONDITIONAL,
  PROP_TELLS_SEQUENCE,
  PROP_MAX_EVALUATED,
  PROP_REORDERS,
  PROP_OVERLAP,
  PROP_NAMELESS_EVERY,
  PROP_IGNORES_FILTERS,
  PROP_REFUSES_SORT,
  PROP_VERIFIES,
  PROP_WRITE_OUTCOME,
  PROP_WRITE_OUTCOME_RATE,
  PROP_WRITE_LATENCY,
  PROP_ANSWERS_RECORDS,
  PROP_INSERTS_FIRST,
  PROP_LIVE,
  PROP_EVENTS_WITH_RECORDS,
  PROP_TELLS_WRITES,
  PROP_EVENT_DELAY,
  PROP_CHANGE_RATE,
  PROP_CHANGE_SPAN,
  N_PROPS,
  PROP_DESCRIPTION = N_PROPS
};

/* The properties of the class, each a knob but for the first three. */
void _vlive_scripted_install_properties (GObjectClass        *klass);
void _vlive_scripted_get_knob           (VliveScriptedMaster *self,
                                         guint                prop_id,
                                         GValue              *value);
void _vlive_scripted_set_knob           (VliveScriptedMaster *self,
                                         guint                prop_id,
                                         const GValue        *value);
/* To what they are when nobody sets them. */
void _vlive_scripted_init_knobs         (VliveScriptedMaster *self);
void _vlive_scripted_clear_knobs        (VliveScriptedMaster *self);

G_END_DECLS
