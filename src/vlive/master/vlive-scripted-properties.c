/* vlive-scripted-properties.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-scripted-properties-private.h"

#include "base/vlive-error.h"
#include "vlive-enums.h"

#define EVERYTHING ((VliveCapabilities) (VLIVE_KEEPS_WRITES | (VLIVE_KEEPS_WRITES - 1)))
#define KNOB (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static GParamSpec *properties[N_PROPS];

/* Where each is kept, and whether the description depends on it. */
static const struct
{
  gsize offset;
  gboolean described;
} places[N_PROPS] = {
  [PROP_LATENCY_MIN] = { G_STRUCT_OFFSET (VliveScriptedKnobs, latency_min), FALSE },
  [PROP_LATENCY_MAX] = { G_STRUCT_OFFSET (VliveScriptedKnobs, latency_max), FALSE },
  [PROP_ERROR_RATE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, error_rate), FALSE },
  [PROP_ERROR_CODE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, error_code), FALSE },
  [PROP_OFFLINE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, offline), FALSE },
  [PROP_OFFLINE_WINDOWS] = { G_STRUCT_OFFSET (VliveScriptedKnobs, offline_windows),
                             FALSE },
  [PROP_PAGING] = { G_STRUCT_OFFSET (VliveScriptedKnobs, paging), TRUE },
  [PROP_MAX_PAGE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, max_page), TRUE },
  [PROP_TELLS_MAX_PAGE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, tells_max_page),
                            TRUE },
  [PROP_TOTAL_KIND] = { G_STRUCT_OFFSET (VliveScriptedKnobs, total_kind), TRUE },
  [PROP_CLAIMED_TOTAL] = { G_STRUCT_OFFSET (VliveScriptedKnobs, claimed_total), TRUE },
  [PROP_TOTAL_WHEN_NOT_MODIFIED] = { G_STRUCT_OFFSET (VliveScriptedKnobs,
                                                      total_when_not_modified),
                                     FALSE },
  [PROP_CAPABILITIES] = { G_STRUCT_OFFSET (VliveScriptedKnobs, capabilities), TRUE },
  [PROP_CONDITIONAL] = { G_STRUCT_OFFSET (VliveScriptedKnobs, conditional), TRUE },
  [PROP_TELLS_SEQUENCE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, tells_sequence),
                            FALSE },
  [PROP_MAX_EVALUATED] = { G_STRUCT_OFFSET (VliveScriptedKnobs, max_evaluated), TRUE },
  [PROP_REORDERS] = { G_STRUCT_OFFSET (VliveScriptedKnobs, reorders), TRUE },
  [PROP_OVERLAP] = { G_STRUCT_OFFSET (VliveScriptedKnobs, overlap), FALSE },
  [PROP_NAMELESS_EVERY] = { G_STRUCT_OFFSET (VliveScriptedKnobs, nameless_every),
                            FALSE },
  [PROP_IGNORES_FILTERS] = { G_STRUCT_OFFSET (VliveScriptedKnobs, ignores_filters),
                             FALSE },
  [PROP_REFUSES_SORT] = { G_STRUCT_OFFSET (VliveScriptedKnobs, refuses_sort), FALSE },
  [PROP_VERIFIES] = { G_STRUCT_OFFSET (VliveScriptedKnobs, verifies), FALSE },
  [PROP_WRITE_OUTCOME] = { G_STRUCT_OFFSET (VliveScriptedKnobs, write_outcome), FALSE },
  [PROP_WRITE_OUTCOME_RATE] = { G_STRUCT_OFFSET (VliveScriptedKnobs,
                                                 write_outcome_rate),
                                FALSE },
  [PROP_WRITE_LATENCY] = { G_STRUCT_OFFSET (VliveScriptedKnobs, write_latency), FALSE },
  [PROP_ANSWERS_RECORDS] = { G_STRUCT_OFFSET (VliveScriptedKnobs, answers_records),
                             FALSE },
  [PROP_INSERTS_FIRST] = { G_STRUCT_OFFSET (VliveScriptedKnobs, inserts_first), FALSE },
  [PROP_LIVE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, live), TRUE },
  [PROP_EVENTS_WITH_RECORDS] = { G_STRUCT_OFFSET (VliveScriptedKnobs,
                                                  events_with_records),
                                 FALSE },
  [PROP_TELLS_WRITES] = { G_STRUCT_OFFSET (VliveScriptedKnobs, tells_writes), FALSE },
  [PROP_EVENT_DELAY] = { G_STRUCT_OFFSET (VliveScriptedKnobs, event_delay), FALSE },
  [PROP_CHANGE_RATE] = { G_STRUCT_OFFSET (VliveScriptedKnobs, change_rate), FALSE },
  [PROP_CHANGE_SPAN] = { G_STRUCT_OFFSET (VliveScriptedKnobs, change_span), FALSE },
};

/* What befalls calls. */
static void
install_call_knobs (void)
{
  /**
   * VliveScriptedMaster:latency-min:
   *
   * The least time that a call takes, in milliseconds: half of it on its way to
   * the rows, half of it on its way back.
   *
   * Since: 0.1
   */
  properties[PROP_LATENCY_MIN] =
      g_param_spec_uint ("latency-min", NULL, NULL, 0, 3600000, 0, KNOB);
  /**
   * VliveScriptedMaster:latency-max:
   *
   * The most time that a call takes, in milliseconds. How long it is, within
   * these bounds, is left to chance, so that answers come in any order. Below
   * [property@ScriptedMaster:latency-min]: no spread.
   *
   * Since: 0.1
   */
  properties[PROP_LATENCY_MAX] =
      g_param_spec_uint ("latency-max", NULL, NULL, 0, 3600000, 0, KNOB);
  /**
   * VliveScriptedMaster:error-rate:
   *
   * Which part of all calls fails, with [property@ScriptedMaster:error-code]
   * and without having done anything, from 0 to 1.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR_RATE] =
      g_param_spec_double ("error-rate", NULL, NULL, 0, 1, 0, KNOB);
  /**
   * VliveScriptedMaster:error-code:
   *
   * What a call fails with, when it fails by chance.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR_CODE] =
      g_param_spec_enum ("error-code", NULL, NULL, VLIVE_TYPE_ERROR, VLIVE_ERROR_SERVER,
                         KNOB);
  /**
   * VliveScriptedMaster:offline:
   *
   * Whether the master cannot be reached: every call fails with
   * %VLIVE_ERROR_OFFLINE, and what is on its way is lost. A write whose answer
   * is lost fails with %VLIVE_ERROR_UNKNOWN_OUTCOME.
   *
   * Since: 0.1
   */
  properties[PROP_OFFLINE] = g_param_spec_boolean ("offline", NULL, NULL, FALSE, KNOB);
  /**
   * VliveScriptedMaster:offline-windows:
   *
   * When the master cannot be reached: pairs of times in milliseconds since it
   * was made, from the first on and before the second.
   *
   * Since: 0.1
   */
  properties[PROP_OFFLINE_WINDOWS] =
      g_param_spec_variant ("offline-windows", NULL, NULL, G_VARIANT_TYPE ("a(uu)"),
                            NULL, KNOB);
}

/* What reads are like. */
static void
install_read_knobs (void)
{
  /**
   * VliveScriptedMaster:paging:
   *
   * Which windows the master answers. Any other is refused with
   * %VLIVE_ERROR_UNSUPPORTED.
   *
   * Since: 0.1
   */
  properties[PROP_PAGING] =
      g_param_spec_enum ("paging", NULL, NULL, VLIVE_TYPE_SCRIPTED_PAGING,
                         VLIVE_SCRIPTED_PAGING_WINDOW, KNOB);
  /**
   * VliveScriptedMaster:max-page:
   *
   * The most rows that one answer holds, even if more were asked for and are
   * there; 0: there is no such bound. Everything at once is refused by a master
   * that tells its bound, and cut short by one that does not.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_PAGE] =
      g_param_spec_uint ("max-page", NULL, NULL, 0, G_MAXINT, 0, KNOB);
  /**
   * VliveScriptedMaster:tells-max-page:
   *
   * Whether the description says what [property@ScriptedMaster:max-page] is.
   *
   * Since: 0.1
   */
  properties[PROP_TELLS_MAX_PAGE] =
      g_param_spec_boolean ("tells-max-page", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:total-kind:
   *
   * What is said of how many rows there are: nothing, a number that is too low
   * (as many as are known, and one more), one that is off by a tenth at most,
   * or the truth.
   *
   * Since: 0.1
   */
  properties[PROP_TOTAL_KIND] =
      g_param_spec_enum ("total-kind", NULL, NULL, VLIVE_TYPE_TOTAL_KIND,
                         VLIVE_TOTAL_EXACT, KNOB);
  /**
   * VliveScriptedMaster:claimed-total:
   *
   * What is said in the place of the number of rows, in the words of a server:
   * “42” is believed, and perhaps wrong; what is no number of rows (“-1”,
   * “many”) is as good as nothing. %NULL: the truth.
   *
   * Since: 0.1
   */
  properties[PROP_CLAIMED_TOTAL] =
      g_param_spec_string ("claimed-total", NULL, NULL, NULL, KNOB);
  /**
   * VliveScriptedMaster:total-when-not-modified:
   *
   * Whether an answer that says that the rows are as they were states the
   * total, too.
   *
   * Since: 0.1
   */
  properties[PROP_TOTAL_WHEN_NOT_MODIFIED] =
      g_param_spec_boolean ("total-when-not-modified", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:capabilities:
   *
   * What the master may be able to do. What other knobs rule out, or it was
   * never made for, it cannot do all the same.
   *
   * Since: 0.1
   */
  properties[PROP_CAPABILITIES] =
      g_param_spec_flags ("capabilities", NULL, NULL, VLIVE_TYPE_CAPABILITIES,
                          EVERYTHING, KNOB);
  /**
   * VliveScriptedMaster:conditional:
   *
   * Whether pages have validators, so that they may be asked for on condition
   * that they changed.
   *
   * Since: 0.1
   */
  properties[PROP_CONDITIONAL] =
      g_param_spec_boolean ("conditional", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:tells-sequence:
   *
   * Whether vlive_master_peek_sequence() works.
   *
   * Since: 0.1
   */
  properties[PROP_TELLS_SEQUENCE] =
      g_param_spec_boolean ("tells-sequence", NULL, NULL, FALSE, KNOB);
  /**
   * VliveScriptedMaster:max-evaluated:
   *
   * How many rows may be looked at for one answer. A table with more of them is
   * filtered and sorted only by the columns that grow with every row (`id` and
   * `number`), and does not answer everything at once.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_EVALUATED] =
      g_param_spec_uint ("max-evaluated", NULL, NULL, 0, G_MAXINT, 200000, KNOB);
}

/* What is odd about the rows. */
static void
install_odd_knobs (void)
{
  /**
   * VliveScriptedMaster:reorders:
   *
   * By how many places, at most, all rows have moved from one request to the
   * next, where no order is asked for.
   *
   * Since: 0.1
   */
  properties[PROP_REORDERS] =
      g_param_spec_uint ("reorders", NULL, NULL, 0, G_MAXINT, 0, KNOB);
  /**
   * VliveScriptedMaster:overlap:
   *
   * How many rows of the page before a page holds once more, in the place of
   * its own first ones.
   *
   * Since: 0.1
   */
  properties[PROP_OVERLAP] =
      g_param_spec_uint ("overlap", NULL, NULL, 0, G_MAXINT, 0, KNOB);
  /**
   * VliveScriptedMaster:nameless-every:
   *
   * Of how many rows one has no id: it is shown, and cannot be addressed. 0:
   * all rows have one; 1: none has.
   *
   * Since: 0.1
   */
  properties[PROP_NAMELESS_EVERY] =
      g_param_spec_uint ("nameless-every", NULL, NULL, 0, G_MAXINT, 0, KNOB);
  /**
   * VliveScriptedMaster:ignores-filters:
   *
   * Whether conditions and search texts are taken and then ignored.
   *
   * Since: 0.1
   */
  properties[PROP_IGNORES_FILTERS] =
      g_param_spec_boolean ("ignores-filters", NULL, NULL, FALSE, KNOB);
  /**
   * VliveScriptedMaster:refuses-sort:
   *
   * Whether sort keys are advertised and then refused, after which the column
   * is not advertised until the master is described anew.
   *
   * Since: 0.1
   */
  properties[PROP_REFUSES_SORT] =
      g_param_spec_boolean ("refuses-sort", NULL, NULL, FALSE, KNOB);
  /**
   * VliveScriptedMaster:verifies:
   *
   * Whether the master looks at its own answers, as [class@RestMaster] does: a
   * filter that was ignored is an error, and is not advertised until the master
   * is described anew. Otherwise the rows are passed on as they came.
   *
   * Since: 0.1
   */
  properties[PROP_VERIFIES] = g_param_spec_boolean ("verifies", NULL, NULL, TRUE, KNOB);
}

/* What becomes of writes. */
static void
install_write_knobs (void)
{
  /**
   * VliveScriptedMaster:write-outcome:
   *
   * What becomes of a write.
   *
   * Since: 0.1
   */
  properties[PROP_WRITE_OUTCOME] =
      g_param_spec_enum ("write-outcome", NULL, NULL, VLIVE_TYPE_SCRIPTED_OUTCOME,
                         VLIVE_SCRIPTED_OUTCOME_APPLIED, KNOB);
  /**
   * VliveScriptedMaster:write-outcome-rate:
   *
   * Of which part of all writes [property@ScriptedMaster:write-outcome] becomes
   * that, from 0 to 1. The others are applied.
   *
   * Since: 0.1
   */
  properties[PROP_WRITE_OUTCOME_RATE] =
      g_param_spec_double ("write-outcome-rate", NULL, NULL, 0, 1, 1, KNOB);
  /**
   * VliveScriptedMaster:write-latency:
   *
   * How much longer a write takes than a read, in milliseconds.
   *
   * Since: 0.1
   */
  properties[PROP_WRITE_LATENCY] =
      g_param_spec_uint ("write-latency", NULL, NULL, 0, 3600000, 0, KNOB);
  /**
   * VliveScriptedMaster:answers-records:
   *
   * Whether the answer to a write holds the record.
   *
   * Since: 0.1
   */
  properties[PROP_ANSWERS_RECORDS] =
      g_param_spec_boolean ("answers-records", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:inserts-first:
   *
   * Whether new rows go to the beginning, not to the end.
   *
   * Since: 0.1
   */
  properties[PROP_INSERTS_FIRST] =
      g_param_spec_boolean ("inserts-first", NULL, NULL, FALSE, KNOB);
}

/* What is told. */
static void
install_event_knobs (void)
{
  /**
   * VliveScriptedMaster:live:
   *
   * Whether the master has a live stream, on which changes are told.
   *
   * Since: 0.1
   */
  properties[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:events-with-records:
   *
   * Whether an event holds the record.
   *
   * Since: 0.1
   */
  properties[PROP_EVENTS_WITH_RECORDS] =
      g_param_spec_boolean ("events-with-records", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:tells-writes:
   *
   * Whether writes through this master are told on the stream, beside the
   * changes by others.
   *
   * Since: 0.1
   */
  properties[PROP_TELLS_WRITES] =
      g_param_spec_boolean ("tells-writes", NULL, NULL, TRUE, KNOB);
  /**
   * VliveScriptedMaster:event-delay:
   *
   * How long an event is on its way, in milliseconds. One does not overtake
   * another.
   *
   * Since: 0.1
   */
  properties[PROP_EVENT_DELAY] =
      g_param_spec_uint ("event-delay", NULL, NULL, 0, 3600000, 0, KNOB);
  /**
   * VliveScriptedMaster:change-rate:
   *
   * How many changes others make in a second: mostly other values, now and then
   * a new row, or one that goes.
   *
   * Since: 0.1
   */
  properties[PROP_CHANGE_RATE] =
      g_param_spec_double ("change-rate", NULL, NULL, 0, 1000000, 0, KNOB);
  /**
   * VliveScriptedMaster:change-span:
   *
   * Among how many rows, from the first, those changes are made.
   *
   * Since: 0.1
   */
  properties[PROP_CHANGE_SPAN] =
      g_param_spec_uint ("change-span", NULL, NULL, 1, G_MAXINT, 1000, KNOB);
}

void
_vlive_scripted_install_properties (GObjectClass *klass)
{
  const GParamFlags once =
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * VliveScriptedMaster:name:
   *
   * The name of the table.
   *
   * Since: 0.1
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "demo", once);
  /**
   * VliveScriptedMaster:n-rows:
   *
   * How many rows there are at the beginning. They are computed when they are
   * asked for, so that it does not matter how many there are.
   *
   * Since: 0.1
   */
  properties[PROP_N_ROWS] =
      g_param_spec_uint64 ("n-rows", NULL, NULL, 0, VLIVE_SCRIPTED_MAX_ROWS, 0, once);
  /**
   * VliveScriptedMaster:seed:
   *
   * What all chance comes from, and what the rows hold: what is done in the
   * same way with the same seed has the same end.
   *
   * Since: 0.1
   */
  properties[PROP_SEED] = g_param_spec_uint ("seed", NULL, NULL, 0, G_MAXUINT, 1, once);
  install_call_knobs ();
  install_read_knobs ();
  install_odd_knobs ();
  install_write_knobs ();
  install_event_knobs ();
  g_object_class_install_properties (klass, N_PROPS, properties);
  g_object_class_override_property (klass, PROP_DESCRIPTION, "description");
}

static gpointer
find_place (VliveScriptedMaster *self, guint prop_id)
{
  return G_STRUCT_MEMBER_P (&self->knobs, places[prop_id].offset);
}

void
_vlive_scripted_get_knob (VliveScriptedMaster *self, guint prop_id, GValue *value)
{
  gpointer place = find_place (self, prop_id);

  if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, *(guint *) place);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    g_value_set_double (value, *(double *) place);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(gboolean *) place);
  else if (G_VALUE_HOLDS_ENUM (value))
    g_value_set_enum (value, *(int *) place);
  else if (G_VALUE_HOLDS_FLAGS (value))
    g_value_set_flags (value, *(guint *) place);
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *(char **) place);
  else
    g_value_set_variant (value, *(GVariant **) place);
}

static void
store (VliveScriptedMaster *self, guint prop_id, const GValue *value)
{
  gpointer place = find_place (self, prop_id);

  if (G_VALUE_HOLDS_UINT (value))
    *(guint *) place = g_value_get_uint (value);
  else if (G_VALUE_HOLDS_DOUBLE (value))
    *(double *) place = g_value_get_double (value);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    *(gboolean *) place = g_value_get_boolean (value);
  else if (G_VALUE_HOLDS_ENUM (value))
    *(int *) place = g_value_get_enum (value);
  else if (G_VALUE_HOLDS_FLAGS (value))
    *(guint *) place = g_value_get_flags (value);
  else if (G_VALUE_HOLDS_STRING (value))
    {
      g_free (*(char **) place);
      *(char **) place = g_value_dup_string (value);
    }
  else
    {
      g_clear_pointer ((GVariant **) place, g_variant_unref);
      *(GVariant **) place = g_value_dup_variant (value);
    }
}

static void
react (VliveScriptedMaster *self, guint prop_id)
{
  if (places[prop_id].described)
    _vlive_scripted_master_describe (self);
  if (prop_id == PROP_CHANGE_RATE)
    _vlive_scripted_restart_changes (self);
  if (prop_id == PROP_OFFLINE || prop_id == PROP_OFFLINE_WINDOWS)
    _vlive_scripted_follow_windows (self);
}

void
_vlive_scripted_set_knob (VliveScriptedMaster *self, guint prop_id, const GValue *value)
{
  GParamSpec *pspec = properties[prop_id];
  g_auto (GValue) old = G_VALUE_INIT;

  g_value_init (&old, G_PARAM_SPEC_VALUE_TYPE (pspec));
  _vlive_scripted_get_knob (self, prop_id, &old);
  if (g_param_values_cmp (pspec, &old, value) == 0)
    return;
  store (self, prop_id, value);
  react (self, prop_id);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

void
_vlive_scripted_init_knobs (VliveScriptedMaster *self)
{
  for (guint i = PROP_SEED + 1; i < N_PROPS; i++)
    store (self, i, g_param_spec_get_default_value (properties[i]));
}

void
_vlive_scripted_clear_knobs (VliveScriptedMaster *self)
{
  g_clear_pointer (&self->knobs.claimed_total, g_free);
  g_clear_pointer (&self->knobs.offline_windows, g_variant_unref);
}
