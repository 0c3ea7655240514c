/* vlive-scripted-knobs.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-scripted-master-private.h"

#include "base/vlive-error.h"

/*
 * The setters of what the master can be told to do. Each is a property, which
 * says more (vlive-scripted-properties.c).
 */

/**
 * vlive_scripted_master_set_latency:
 * @self: a scripted master
 * @min: the least time that a call takes, in milliseconds
 * @max: the most time that a call takes, in milliseconds
 *
 * Makes the master slow. How long a call takes between these is left to
 * chance, so that answers come in any order.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_latency (VliveScriptedMaster *self, guint min, guint max)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "latency-min", min, "latency-max", max, NULL);
}

/**
 * vlive_scripted_master_set_error_rate:
 * @self: a scripted master
 * @rate: which part of all calls is to fail, from 0 to 1
 *
 * Makes the master flaky. A call that fails has done nothing.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_error_rate (VliveScriptedMaster *self, double rate)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));
  g_return_if_fail (rate >= 0 && rate <= 1);

  g_object_set (self, "error-rate", rate, NULL);
}

/**
 * vlive_scripted_master_set_error_code:
 * @self: a scripted master
 * @code: an error code
 *
 * Sets what calls fail with, when they fail by chance.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_error_code (VliveScriptedMaster *self, VliveError code)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "error-code", code, NULL);
}

/**
 * vlive_scripted_master_set_offline:
 * @self: a scripted master
 * @offline: whether the master cannot be reached
 *
 * Plays a network that is not there.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_offline (VliveScriptedMaster *self, gboolean offline)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "offline", offline, NULL);
}

/**
 * vlive_scripted_master_set_offline_windows:
 * @self: a scripted master
 * @windows: (nullable): pairs of times of type `a(uu)`, or %NULL
 *
 * Plays a network that comes and goes.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_offline_windows (VliveScriptedMaster *self, GVariant *windows)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));
  g_return_if_fail (windows == NULL
                    || g_variant_is_of_type (windows, G_VARIANT_TYPE ("a(uu)")));

  g_object_set (self, "offline-windows", windows, NULL);
}

/**
 * vlive_scripted_master_set_paging:
 * @self: a scripted master
 * @paging: which windows it answers
 *
 * Sets which windows the master answers.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_paging (VliveScriptedMaster *self, VliveScriptedPaging paging)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "paging", paging, NULL);
}

/**
 * vlive_scripted_master_set_max_page:
 * @self: a scripted master
 * @rows: the most rows that one answer holds, or 0
 *
 * Bounds the answers.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_max_page (VliveScriptedMaster *self, guint rows)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "max-page", rows, NULL);
}

/**
 * vlive_scripted_master_set_tells_max_page:
 * @self: a scripted master
 * @tells: whether the bound is told
 *
 * Sets whether the bound on answers is told, or has to be found out.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_tells_max_page (VliveScriptedMaster *self, gboolean tells)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "tells-max-page", tells, NULL);
}

/**
 * vlive_scripted_master_set_total_kind:
 * @self: a scripted master
 * @kind: what the total is worth
 *
 * Sets what is said of how many rows there are.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_total_kind (VliveScriptedMaster *self, VliveTotalKind kind)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "total-kind", kind, NULL);
}

/**
 * vlive_scripted_master_set_claimed_total:
 * @self: a scripted master
 * @total: (nullable): what is said, or %NULL for the truth
 *
 * Makes the master lie about how many rows there are.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_claimed_total (VliveScriptedMaster *self, const char *total)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "claimed-total", total, NULL);
}

/**
 * vlive_scripted_master_set_total_when_not_modified:
 * @self: a scripted master
 * @states: whether it does
 *
 * Sets whether “not modified” states the total.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_total_when_not_modified (VliveScriptedMaster *self,
                                                   gboolean states)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "total-when-not-modified", states, NULL);
}

/**
 * vlive_scripted_master_set_capabilities:
 * @self: a scripted master
 * @capabilities: what it may be able to do
 *
 * Takes capabilities from the master, or gives them back.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_capabilities (VliveScriptedMaster *self,
                                        VliveCapabilities capabilities)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "capabilities", capabilities, NULL);
}

/**
 * vlive_scripted_master_set_conditional:
 * @self: a scripted master
 * @conditional: whether pages have validators
 *
 * Sets whether pages have validators.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_conditional (VliveScriptedMaster *self, gboolean conditional)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "conditional", conditional, NULL);
}

/**
 * vlive_scripted_master_set_tells_sequence:
 * @self: a scripted master
 * @tells: whether it does
 *
 * Sets whether the master tells, without waiting, whether anything changed.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_tells_sequence (VliveScriptedMaster *self, gboolean tells)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "tells-sequence", tells, NULL);
}

/**
 * vlive_scripted_master_set_max_evaluated:
 * @self: a scripted master
 * @rows: how many rows may be looked at
 *
 * Sets up to how many rows the master filters, sorts and searches by any
 * column.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_max_evaluated (VliveScriptedMaster *self, guint rows)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "max-evaluated", rows, NULL);
}

/**
 * vlive_scripted_master_set_reorders:
 * @self: a scripted master
 * @places: by how many places rows move, at most
 *
 * Makes the order change from one request to the next.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_reorders (VliveScriptedMaster *self, guint places)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "reorders", places, NULL);
}

/**
 * vlive_scripted_master_set_overlap:
 * @self: a scripted master
 * @rows: how many rows
 *
 * Makes rows come on two pages, and others on none.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_overlap (VliveScriptedMaster *self, guint rows)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "overlap", rows, NULL);
}

/**
 * vlive_scripted_master_set_nameless_every:
 * @self: a scripted master
 * @every: which rows have no id, or 0
 *
 * Makes rows come without an id.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_nameless_every (VliveScriptedMaster *self, guint every)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "nameless-every", every, NULL);
}

/**
 * vlive_scripted_master_set_ignores_filters:
 * @self: a scripted master
 * @ignores: whether it does
 *
 * Makes the master promise to filter, and send all rows.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_ignores_filters (VliveScriptedMaster *self, gboolean ignores)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "ignores-filters", ignores, NULL);
}

/**
 * vlive_scripted_master_set_refuses_sort:
 * @self: a scripted master
 * @refuses: whether it does
 *
 * Makes the master promise to sort, and refuse.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_refuses_sort (VliveScriptedMaster *self, gboolean refuses)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "refuses-sort", refuses, NULL);
}

/**
 * vlive_scripted_master_set_verifies:
 * @self: a scripted master
 * @verifies: whether it does
 *
 * Sets whether the master notices that filters were ignored.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_verifies (VliveScriptedMaster *self, gboolean verifies)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "verifies", verifies, NULL);
}

/**
 * vlive_scripted_master_set_write_outcome:
 * @self: a scripted master
 * @outcome: what becomes of a write
 *
 * Sets what becomes of writes.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_write_outcome (VliveScriptedMaster *self,
                                         VliveScriptedOutcome outcome)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "write-outcome", outcome, NULL);
}

/**
 * vlive_scripted_master_set_write_outcome_rate:
 * @self: a scripted master
 * @rate: which part of all writes, from 0 to 1
 *
 * Sets how many writes end in an odd way.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_write_outcome_rate (VliveScriptedMaster *self, double rate)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));
  g_return_if_fail (rate >= 0 && rate <= 1);

  g_object_set (self, "write-outcome-rate", rate, NULL);
}

/**
 * vlive_scripted_master_set_write_latency:
 * @self: a scripted master
 * @milliseconds: how much longer it takes
 *
 * Makes writes slow.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_write_latency (VliveScriptedMaster *self, guint milliseconds)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "write-latency", milliseconds, NULL);
}

/**
 * vlive_scripted_master_set_answers_records:
 * @self: a scripted master
 * @answers: whether it does
 *
 * Sets whether the answer to a write holds the record, or only says that it
 * was done.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_answers_records (VliveScriptedMaster *self, gboolean answers)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "answers-records", answers, NULL);
}

/**
 * vlive_scripted_master_set_inserts_first:
 * @self: a scripted master
 * @first: whether they do
 *
 * Sets where new rows go.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_inserts_first (VliveScriptedMaster *self, gboolean first)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "inserts-first", first, NULL);
}

/**
 * vlive_scripted_master_set_live:
 * @self: a scripted master
 * @live: whether it has
 *
 * Gives the master a live stream, or takes it away.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_live (VliveScriptedMaster *self, gboolean live)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "live", live, NULL);
}

/**
 * vlive_scripted_master_set_events_with_records:
 * @self: a scripted master
 * @holds: whether it does
 *
 * Sets whether an event holds the record, or only names it.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_events_with_records (VliveScriptedMaster *self,
                                               gboolean holds)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "events-with-records", holds, NULL);
}

/**
 * vlive_scripted_master_set_tells_writes:
 * @self: a scripted master
 * @tells: whether they are
 *
 * Sets whether the stream tells of writes through this master.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_tells_writes (VliveScriptedMaster *self, gboolean tells)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "tells-writes", tells, NULL);
}

/**
 * vlive_scripted_master_set_event_delay:
 * @self: a scripted master
 * @milliseconds: how long an event is on its way
 *
 * Makes the stream slow.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_event_delay (VliveScriptedMaster *self, guint milliseconds)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "event-delay", milliseconds, NULL);
}

/**
 * vlive_scripted_master_set_change_rate:
 * @self: a scripted master
 * @rate: changes a second, or 0
 *
 * Lets others change rows, at random and all the time.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_change_rate (VliveScriptedMaster *self, double rate)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));
  g_return_if_fail (rate >= 0 && rate <= 1000000);

  g_object_set (self, "change-rate", rate, NULL);
}

/**
 * vlive_scripted_master_set_change_span:
 * @self: a scripted master
 * @rows: the first so many rows
 *
 * Sets which rows others change.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_set_change_span (VliveScriptedMaster *self, guint rows)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  g_object_set (self, "change-span", rows, NULL);
}

/**
 * vlive_scripted_master_fail_next:
 * @self: a scripted master
 * @n_calls: how many calls are to fail
 * @code: what they fail with
 *
 * Makes the next calls fail, whatever chance says. They have done nothing.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_fail_next (VliveScriptedMaster *self,
                                 guint n_calls,
                                 VliveError code)
{
  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  self->n_to_fail = n_calls;
  self->fail_code = code;
}
