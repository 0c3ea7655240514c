/* vlive-scripted-master.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "base/vlive-error.h"
#include "master/vlive-master.h"
#include "stream/vlive-manual-stream.h"

G_BEGIN_DECLS

/**
 * VliveScriptedPaging:
 * @VLIVE_SCRIPTED_PAGING_WINDOW: any offset and limit
 * @VLIVE_SCRIPTED_PAGING_PAGE: offsets that are multiples of the limit
 * @VLIVE_SCRIPTED_PAGING_CURSOR: the beginning, and where a former answer to
 *   the same query ended
 * @VLIVE_SCRIPTED_PAGING_NONE: every answer is everything, whatever was asked
 *   for; it says so with offset and limit 0
 *
 * Which windows a scripted master answers.
 */
typedef enum
{
  VLIVE_SCRIPTED_PAGING_WINDOW,
  VLIVE_SCRIPTED_PAGING_PAGE,
  VLIVE_SCRIPTED_PAGING_CURSOR,
  VLIVE_SCRIPTED_PAGING_NONE,
} VliveScriptedPaging;

/**
 * VliveScriptedOutcome:
 * @VLIVE_SCRIPTED_OUTCOME_APPLIED: it is done
 * @VLIVE_SCRIPTED_OUTCOME_REFUSED: it is not: %VLIVE_ERROR_REJECTED
 * @VLIVE_SCRIPTED_OUTCOME_ANSWER_LOST: it is done, and nobody hears of it:
 *   %VLIVE_ERROR_UNKNOWN_OUTCOME
 * @VLIVE_SCRIPTED_OUTCOME_REQUEST_LOST: it is not done, and nobody hears of
 *   it: %VLIVE_ERROR_UNKNOWN_OUTCOME
 *
 * What becomes of a write to a scripted master.
 */
typedef enum
{
  VLIVE_SCRIPTED_OUTCOME_APPLIED,
  VLIVE_SCRIPTED_OUTCOME_REFUSED,
  VLIVE_SCRIPTED_OUTCOME_ANSWER_LOST,
  VLIVE_SCRIPTED_OUTCOME_REQUEST_LOST,
} VliveScriptedOutcome;

/**
 * VLIVE_SCRIPTED_MAX_ROWS:
 *
 * How many rows a scripted master has at most: more could not be numbered.
 *
 * Since: 0.1
 */
#define VLIVE_SCRIPTED_MAX_ROWS (G_GUINT64_CONSTANT (1) << 56)

/*
 * A table of as many rows as one likes that takes no memory for them, and every
 * difficult master as a knob. Each knob is a property of the same name.
 */
#define VLIVE_TYPE_SCRIPTED_MASTER (vlive_scripted_master_get_type ())

VLIVE_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (VliveScriptedMaster, vlive_scripted_master, VLIVE, SCRIPTED_MASTER, GObject)

/* Computed rows of nine fields. What @seed is decides what they hold, and all
 * that is left to chance. */
VLIVE_AVAILABLE_IN_0_1
VliveScriptedMaster *vlive_scripted_master_new              (const char           *name,
                                                             guint64               n_rows,
                                                             guint                 seed) G_GNUC_WARN_UNUSED_RESULT;
/* Rows of the caller's own. */
VLIVE_AVAILABLE_IN_0_1
VliveScriptedMaster *vlive_scripted_master_new_with_records (const char           *name,
                                                             VliveRecord * const  *records,
                                                             gsize                 n_records,
                                                             guint                 seed) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
guint64              vlive_scripted_master_get_n_rows       (VliveScriptedMaster  *self);
/* NULL without "live". */
VLIVE_AVAILABLE_IN_0_1
VliveLiveStream     *vlive_scripted_master_get_live_stream  (VliveScriptedMaster  *self);

/* What others do, told by the stream. */
VLIVE_AVAILABLE_IN_0_1
char                *vlive_scripted_master_insert_elsewhere (VliveScriptedMaster  *self,
                                                             guint64               position,
                                                             VliveRecord          *fields,
                                                             GError              **error) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
gboolean             vlive_scripted_master_update_elsewhere (VliveScriptedMaster  *self,
                                                             const char           *id,
                                                             VliveRecord          *fields,
                                                             GError              **error);
VLIVE_AVAILABLE_IN_0_1
gboolean             vlive_scripted_master_delete_elsewhere (VliveScriptedMaster  *self,
                                                             const char           *id,
                                                             GError              **error);
VLIVE_AVAILABLE_IN_0_1
void                 vlive_scripted_master_change_randomly  (VliveScriptedMaster  *self);

/* Knobs. */
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_latency (VliveScriptedMaster *self,
                                        guint                min,
                                        guint                max);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_error_rate (VliveScriptedMaster *self,
                                           double               rate);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_error_code (VliveScriptedMaster *self,
                                           VliveError           code);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_offline (VliveScriptedMaster *self,
                                        gboolean             offline);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_offline_windows (VliveScriptedMaster *self,
                                                GVariant            *windows);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_paging (VliveScriptedMaster *self,
                                       VliveScriptedPaging  paging);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_max_page (VliveScriptedMaster *self,
                                         guint                rows);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_tells_max_page (VliveScriptedMaster *self,
                                               gboolean             tells);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_total_kind (VliveScriptedMaster *self,
                                           VliveTotalKind       kind);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_claimed_total (VliveScriptedMaster *self,
                                              const char          *total);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_total_when_not_modified (VliveScriptedMaster *self,
                                                        gboolean             states);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_capabilities (VliveScriptedMaster *self,
                                             VliveCapabilities    capabilities);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_conditional (VliveScriptedMaster *self,
                                            gboolean             conditional);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_tells_sequence (VliveScriptedMaster *self,
                                               gboolean             tells);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_max_evaluated (VliveScriptedMaster *self,
                                              guint                rows);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_reorders (VliveScriptedMaster *self,
                                         guint                places);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_overlap (VliveScriptedMaster *self,
                                        guint                rows);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_nameless_every (VliveScriptedMaster *self,
                                               guint                every);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_ignores_filters (VliveScriptedMaster *self,
                                                gboolean             ignores);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_refuses_sort (VliveScriptedMaster *self,
                                             gboolean             refuses);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_verifies (VliveScriptedMaster *self,
                                         gboolean             verifies);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_write_outcome (VliveScriptedMaster  *self,
                                              VliveScriptedOutcome  outcome);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_write_outcome_rate (VliveScriptedMaster *self,
                                                   double               rate);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_write_latency (VliveScriptedMaster *self,
                                              guint                milliseconds);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_answers_records (VliveScriptedMaster *self,
                                                gboolean             answers);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_inserts_first (VliveScriptedMaster *self,
                                              gboolean             first);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_live (VliveScriptedMaster *self,
                                     gboolean             live);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_events_with_records (VliveScriptedMaster *self,
                                                    gboolean             holds);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_tells_writes (VliveScriptedMaster *self,
                                             gboolean             tells);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_event_delay (VliveScriptedMaster *self,
                                            guint                milliseconds);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_change_rate (VliveScriptedMaster *self,
                                            double               rate);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_set_change_span (VliveScriptedMaster *self,
                                            guint                rows);
VLIVE_AVAILABLE_IN_0_1
void vlive_scripted_master_fail_next (VliveScriptedMaster *self,
                                      guint                n_calls,
                                      VliveError           code);

G_END_DECLS
