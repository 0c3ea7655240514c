/* vlive-scripted-change.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "master/vlive-scripted-master-private.h"

/* What others do, and how it is told. */

/* Changes that are due come in batches at least so far apart. */
#define MIN_INTERVAL_US 10000
/* Whoever was asleep for long does not catch up with more than this. */
#define MAX_BATCH 10000

/* An event on its way. */
typedef struct
{
  VliveScriptedMaster *self; /* not owned: it ends this with itself */
  VliveChangeEvent *event;   /* owned */
  VliveTimer *timer;         /* owned */
} Event;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_clear_pointer (&event->timer, _vlive_timer_cancel);
  vlive_change_event_unref (event->event);
  g_free (event);
}

static void
event_cb (gpointer data)
{
  Event *event = data;
  g_autoptr (VliveManualStream) stream = g_object_ref (event->self->stream);
  g_autoptr (VliveChangeEvent) told = vlive_change_event_ref (event->event);

  event->timer = NULL;
  g_queue_remove (&event->self->events, event);
  event_free (event);
  vlive_manual_stream_push (stream, told);
}

/* One that is told later is on its way for longer than one before it. */
static void
send_event (VliveScriptedMaster *self, VliveChangeEvent *told)
{
  gint64 now = _vlive_clock_get_boot_us (self->clock);
  gint64 due = now + (gint64) self->knobs.event_delay * 1000;
  Event *event;

  if (self->events.length > 0)
    due = MAX (due, self->event_due);
  else if (due == now)
    {
      vlive_manual_stream_push (self->stream, told);
      return;
    }
  event = g_new0 (Event, 1);
  event->self = self;
  event->event = vlive_change_event_ref (told);
  event->timer =
      _vlive_clock_add_timer (self->clock, due - now, VLIVE_SCRIPTED_PRIORITY, event_cb,
                              event, NULL);
  self->event_due = due;
  g_queue_push_tail (&self->events, event);
}

void
_vlive_scripted_tell (VliveScriptedMaster *self,
                      VliveChangeKind kind,
                      const char *id,
                      VliveRecord *record,
                      guint64 version)
{
  g_autoptr (VliveChangeEvent) event = NULL;

  if (!self->knobs.live)
    return;
  event =
      vlive_change_event_new (kind, id, self->knobs.events_with_records ? record : NULL,
                              version);
  send_event (self, event);
}

static void
window_cb (gpointer data)
{
  VliveScriptedMaster *self = data;

  self->window_timer = NULL;
  _vlive_scripted_follow_windows (self);
}

/* The next time at which a window begins or ends, from now; < 0: never. */
static gint64
find_edge (VliveScriptedMaster *self)
{
  gint64 now = _vlive_clock_get_boot_us (self->clock) - self->started_at;
  GVariant *windows = self->knobs.offline_windows;
  gint64 next = -1;

  for (gsize i = 0; windows != NULL && i < g_variant_n_children (windows); i++)
    {
      guint edges[2];

      g_variant_get_child (windows, i, "(uu)", &edges[0], &edges[1]);
      for (guint j = 0; j < 2; j++)
        {
          gint64 at = (gint64) edges[j] * 1000;

          if (at > now && (next < 0 || at - now < next))
            next = at - now;
        }
    }

  return next;
}

void
_vlive_scripted_follow_windows (VliveScriptedMaster *self)
{
  gint64 next = find_edge (self);

  g_clear_pointer (&self->window_timer, _vlive_timer_cancel);
  if (next >= 0)
    self->window_timer =
        _vlive_clock_add_timer (self->clock, next, VLIVE_SCRIPTED_PRIORITY, window_cb,
                                self, NULL);
  vlive_manual_stream_set_connected (self->stream, !_vlive_scripted_is_offline (self),
                                     FALSE);
}

static gint64
get_interval (VliveScriptedMaster *self)
{
  double us = G_USEC_PER_SEC / self->knobs.change_rate;

  return (gint64) CLAMP (us, MIN_INTERVAL_US, 3600.0 * G_USEC_PER_SEC);
}

static void change_cb (gpointer data);

static void
add_change_timer (VliveScriptedMaster *self)
{
  self->change_timer =
      _vlive_clock_add_timer (self->clock, get_interval (self), VLIVE_SCRIPTED_PRIORITY,
                              change_cb, self, NULL);
}

static void
change_cb (gpointer data)
{
  g_autoptr (VliveScriptedMaster) self = g_object_ref (data);
  gint64 now = _vlive_clock_get_boot_us (self->clock);
  guint n;

  self->change_timer = NULL;
  self->change_debt +=
      self->knobs.change_rate * (double) (now - self->changed_at) / G_USEC_PER_SEC;
  self->changed_at = now;
  /* A thousandth, for what is lost by rounding. */
  n = (guint) MIN (self->change_debt + 0.001, MAX_BATCH);
  self->change_debt = MAX (0, MIN (self->change_debt - n, MAX_BATCH));
  /* Whoever hears of one may turn the rate, and thereby make the timer. */
  add_change_timer (self);
  for (guint i = 0; i < n && self->change_timer != NULL; i++)
    vlive_scripted_master_change_randomly (self);
}

void
_vlive_scripted_restart_changes (VliveScriptedMaster *self)
{
  g_clear_pointer (&self->change_timer, _vlive_timer_cancel);
  self->changed_at = _vlive_clock_get_boot_us (self->clock);
  self->change_debt = 0;
  if (self->knobs.change_rate > 0)
    add_change_timer (self);
}

void
_vlive_scripted_stop_events (VliveScriptedMaster *self)
{
  g_clear_pointer (&self->change_timer, _vlive_timer_cancel);
  g_clear_pointer (&self->window_timer, _vlive_timer_cancel);
  g_queue_clear_full (&self->events, event_free);
}

/* A value that fits @column; FALSE: none is made for such a column. */
static gboolean
make_value (VliveScriptedMaster *self, VliveColumn *column, VliveValue *value)
{
  const char *const *choices = vlive_column_get_choices (column);
  guint32 chance = g_rand_int (self->change_rand);

  if ((vlive_column_get_flags (column) & VLIVE_COLUMN_ID) != 0
      || _vlive_scripted_column_grows (vlive_column_get_name (column)))
    return FALSE;
  switch (vlive_column_get_value_type (column))
    {
    case VLIVE_VALUE_BOOLEAN:
      *value = (VliveValue) VLIVE_VALUE_INIT_BOOLEAN ((chance & 1) != 0);
      return TRUE;
    case VLIVE_VALUE_INTEGER:
      *value = (VliveValue) VLIVE_VALUE_INIT_INTEGER (chance % 100000);
      return TRUE;
    case VLIVE_VALUE_DOUBLE:
      *value = (VliveValue) VLIVE_VALUE_INIT_DOUBLE (chance % 100000 / 100.0);
      return TRUE;
    case VLIVE_VALUE_TEXT:
      if (choices == NULL || choices[0] == NULL)
        return FALSE;
      *value = (VliveValue) VLIVE_VALUE_INIT_TEXT (
          choices[chance % g_strv_length ((char **) choices)]);
      return TRUE;
    case VLIVE_VALUE_MISSING:
    case VLIVE_VALUE_NULL:
    case VLIVE_VALUE_BYTES:
    case VLIVE_VALUE_JSON:
    case VLIVE_VALUE_MIXED:
    default:
      return FALSE;
    }
}

/* One field, of those columns that have values to choose from. NULL: there are
 * none. */
static VliveRecord *
make_patch (VliveScriptedMaster *self)
{
  guint n = vlive_schema_get_n_columns (self->schema);
  guint first = g_rand_int (self->change_rand);

  for (guint i = 0; i < n; i++)
    {
      VliveColumn *column = vlive_schema_get_column (self->schema, (first + i) % n);
      const char *name = vlive_column_get_name (column);
      g_autoptr (VliveLayout) layout = NULL;
      g_autoptr (VliveRecordBuilder) builder = NULL;
      VliveValue value;

      if (!make_value (self, column, &value))
        continue;
      layout = _vlive_layout_intern (&name, 1);
      builder = _vlive_record_builder_new (layout);
      _vlive_record_builder_set_id (builder, "", FALSE);
      _vlive_record_builder_set (builder, 0, &value);
      return _vlive_record_builder_end (builder);
    }

  return NULL;
}

/* The same record without its id: what a new one may hold. */
static VliveRecord *
without_id (VliveRecord *record)
{
  VliveLayout *layout = _vlive_record_get_layout (record);
  g_autoptr (VliveRecordBuilder) builder = _vlive_record_builder_new (layout);

  _vlive_record_builder_set_id (builder, "", FALSE);
  for (guint i = 0; i < _vlive_layout_get_n_names (layout); i++)
    {
      VliveValue value;

      _vlive_record_peek (record, i, &value);
      if (strcmp (_vlive_layout_get_name (layout, i), "id") != 0)
        _vlive_record_builder_set (builder, i, &value);
    }

  return _vlive_record_builder_end (builder);
}

static VliveRecord *
dup_at (VliveScriptedMaster *self, guint64 position)
{
  g_autoptr (VliveRecordBuilder) builder =
      _vlive_record_builder_new (self->rows->layout);

  return _vlive_scripted_rows_dup (self->rows,
                                   _vlive_scripted_rows_at (self->rows, position),
                                   builder, VLIVE_SCRIPTED_ALL_COLUMNS);
}

/**
 * vlive_scripted_master_change_randomly:
 * @self: a scripted master
 *
 * Makes one change as others would: mostly another value, now and then a new
 * row, or one that goes, among the first
 * [property@ScriptedMaster:change-span] rows. It is told by the stream.
 *
 * Since: 0.1
 */
void
vlive_scripted_master_change_randomly (VliveScriptedMaster *self)
{
  guint kind;
  guint64 count;
  guint64 position;
  g_autoptr (VliveRecord) row = NULL;
  g_autoptr (VliveRecord) fields = NULL;
  g_autoptr (VliveReply) reply = NULL;

  g_return_if_fail (VLIVE_IS_SCRIPTED_MASTER (self));

  kind = (guint) g_rand_int_range (self->change_rand, 0, 10);
  count = MIN (_vlive_scripted_rows_count (self->rows), self->knobs.change_span);
  if (count == 0)
    return;
  position = (guint64) g_rand_int_range (self->change_rand, 0, (gint32) count);
  row = dup_at (self, position);
  if (kind == 0)
    {
      fields = without_id (row);
      reply = _vlive_scripted_change (self, VLIVE_WRITE_INSERT, NULL, fields, position,
                                      TRUE, NULL);
    }
  else if (kind == 1)
    reply = _vlive_scripted_change (self, VLIVE_WRITE_DELETE, vlive_record_get_id (row),
                                    NULL, 0, TRUE, NULL);
  else if ((fields = make_patch (self)) != NULL)
    reply = _vlive_scripted_change (self, VLIVE_WRITE_PATCH, vlive_record_get_id (row),
                                    fields, 0, TRUE, NULL);
}

/**
 * vlive_scripted_master_insert_elsewhere:
 * @self: a scripted master
 * @position: where the row goes; beyond the last one: to the end
 * @fields: the fields; the row has the id that the record has, or that its
 *   field `id` names, or a new one
 * @error: return location for an error
 *
 * Makes a row as others would. It is there at once, and told by the stream.
 *
 * Returns: (transfer full): the id of the row, or %NULL on error:
 *   %VLIVE_ERROR_CONFLICT if the id is taken, %VLIVE_ERROR_REJECTED for what
 *   the table does not take
 *
 * Since: 0.1
 */
char *
vlive_scripted_master_insert_elsewhere (VliveScriptedMaster *self,
                                        guint64 position,
                                        VliveRecord *fields,
                                        GError **error)
{
  g_autoptr (VliveReply) reply = NULL;

  g_return_val_if_fail (VLIVE_IS_SCRIPTED_MASTER (self), NULL);
  g_return_val_if_fail (fields != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  reply = _vlive_scripted_change (self, VLIVE_WRITE_INSERT,
                                  vlive_record_is_addressable (fields)
                                      ? vlive_record_get_id (fields)
                                      : NULL,
                                  fields, position, TRUE, error);

  return reply != NULL ? g_strdup (vlive_reply_get_id (reply)) : NULL;
}

/**
 * vlive_scripted_master_update_elsewhere:
 * @self: a scripted master
 * @id: the id of a row
 * @fields: the fields that change
 * @error: return location for an error
 *
 * Changes fields of a row as others would. It is done at once, and told by the
 * stream.
 *
 * Returns: %TRUE if it was done; otherwise %VLIVE_ERROR_NOT_FOUND, or
 *   %VLIVE_ERROR_REJECTED for what the table does not take
 *
 * Since: 0.1
 */
gboolean
vlive_scripted_master_update_elsewhere (VliveScriptedMaster *self,
                                        const char *id,
                                        VliveRecord *fields,
                                        GError **error)
{
  g_autoptr (VliveReply) reply = NULL;

  g_return_val_if_fail (VLIVE_IS_SCRIPTED_MASTER (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (fields != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  reply = _vlive_scripted_change (self, VLIVE_WRITE_PATCH, id, fields, 0, TRUE, error);

  return reply != NULL;
}

/**
 * vlive_scripted_master_delete_elsewhere:
 * @self: a scripted master
 * @id: the id of a row
 * @error: return location for an error
 *
 * Deletes a row as others would. It is done at once, and told by the stream.
 *
 * Returns: %TRUE if it was done; otherwise %VLIVE_ERROR_NOT_FOUND
 *
 * Since: 0.1
 */
gboolean
vlive_scripted_master_delete_elsewhere (VliveScriptedMaster *self,
                                        const char *id,
                                        GError **error)
{
  g_autoptr (VliveReply) reply = NULL;

  g_return_val_if_fail (VLIVE_IS_SCRIPTED_MASTER (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  reply = _vlive_scripted_change (self, VLIVE_WRITE_DELETE, id, NULL, 0, TRUE, error);

  return reply != NULL;
}
