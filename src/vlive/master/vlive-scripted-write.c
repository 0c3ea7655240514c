/* vlive-scripted-write.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "master/vlive-scripted-master-private.h"

/* So many applied writes are known again by their UUIDs. */
#define MAX_APPLIED 100000

/* A write on its way. */
typedef struct
{
  VliveWriteOp op;
  char *id;            /* owned, nullable */
  char *uuid;          /* owned */
  VliveRecord *fields; /* owned, nullable */
  gboolean odd;        /* it ends as the knob says */
} Apply;

static void
apply_free (gpointer data)
{
  Apply *apply = data;

  g_clear_pointer (&apply->fields, vlive_record_unref);
  g_free (apply->id);
  g_free (apply->uuid);
  g_free (apply);
}

void
_vlive_scripted_applied_free (gpointer data)
{
  VliveScriptedApplied *applied = data;

  vlive_reply_unref (applied->reply);
  g_free (applied->uuid);
  g_free (applied);
}

static gboolean
can (VliveScriptedMaster *self, VliveCapabilities capability)
{
  return (vlive_description_get_capabilities (self->description) & capability) != 0;
}

static VliveValueType
get_id_type (VliveScriptedMaster *self)
{
  VliveColumn *column = vlive_schema_get_id_column (self->schema);

  return column != NULL ? vlive_column_get_value_type (column) : VLIVE_VALUE_TEXT;
}

static gboolean G_GNUC_PRINTF (3, 4)
    refuse (GError **error, VliveError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (VLIVE_ERROR, (int) code, format, args);
  va_end (args);

  return FALSE;
}

static gboolean
fits (VliveColumn *column, VliveValueType type)
{
  VliveValueType wanted = vlive_column_get_value_type (column);

  if (type == VLIVE_VALUE_MISSING || type == wanted)
    return TRUE;
  if (type == VLIVE_VALUE_NULL)
    return (vlive_column_get_flags (column) & VLIVE_COLUMN_NULLABLE) != 0;

  return wanted == VLIVE_VALUE_DOUBLE && type == VLIVE_VALUE_INTEGER;
}

/* The computed rows have columns that somebody declared; rows of the caller's
 * own have what they have. */
static gboolean
check_fields (VliveScriptedMaster *self, VliveRecord *fields, GError **error)
{
  if (!vlive_schema_is_declared (self->schema))
    return TRUE;
  for (guint i = 0; i < vlive_record_get_n_fields (fields); i++)
    {
      const char *name = vlive_record_get_field_name (fields, i);
      VliveColumn *column = vlive_schema_find_column (self->schema, name);

      if (column == NULL)
        return refuse (error, VLIVE_ERROR_REJECTED, "“%s” has no column “%s”",
                       self->name, name);
      if (strcmp (name, "id") != 0
          && !fits (column, vlive_record_get_field_type (fields, name)))
        return refuse (error, VLIVE_ERROR_REJECTED, "“%s” takes no such value for “%s”",
                       self->name, name);
    }

  return TRUE;
}

/* The id that the field "id" of @fields names; NULL: none, or nothing that can
 * be one. Owned. */
static char *
dup_named_id (VliveRecord *fields, gboolean *names)
{
  VliveValue value;
  char buffer[32];

  *names = _vlive_record_peek_name (fields, "id", &value)
           && value.type != VLIVE_VALUE_MISSING && value.type != VLIVE_VALUE_NULL;

  return *names ? g_strdup (_vlive_value_to_id (&value, buffer)) : NULL;
}

static char *
make_id (VliveScriptedMaster *self)
{
  const char *prefix = get_id_type (self) == VLIVE_VALUE_INTEGER ? "" : "new";
  g_autofree char *id = NULL;

  do
    {
      g_free (id);
      id = g_strdup_printf ("%s%" G_GUINT64_FORMAT, prefix, self->next_id++);
    }
  while (_vlive_scripted_rows_has (self->rows, id));

  return g_steal_pointer (&id);
}

static char *
choose_id (VliveScriptedMaster *self,
           const char *given,
           VliveRecord *fields,
           GError **error)
{
  gboolean names = FALSE;
  g_autofree char *id =
      given != NULL ? g_strdup (given) : dup_named_id (fields, &names);
  gint64 number;

  if (id == NULL && names)
    refuse (error, VLIVE_ERROR_REJECTED,
            "The field “id” holds nothing that can be an id");
  else if (id == NULL)
    return make_id (self);
  else if (get_id_type (self) == VLIVE_VALUE_INTEGER
           && !_vlive_scripted_parse_id (id, &number))
    refuse (error, VLIVE_ERROR_REJECTED, "“%s” takes whole numbers as ids, not “%s”",
            self->name, id);
  else if (_vlive_scripted_rows_has (self->rows, id))
    refuse (error, VLIVE_ERROR_CONFLICT, "“%s” has a record with the id %s already",
            self->name, id);
  else
    return g_steal_pointer (&id);

  return NULL;
}

/* Before each change: nobody else may hold the rows, and what was found of
 * them will be old. */
static void
open_rows (VliveScriptedMaster *self)
{
  _vlive_scripted_forget_orders (self);
  _vlive_scripted_rows_own (&self->rows);
}

static void
widen_schema (VliveScriptedMaster *self, VliveRecord *record)
{
  VliveSchema *schema;

  if (vlive_schema_is_declared (self->schema))
    return;
  schema = vlive_schema_widen (self->schema, record);
  if (schema != self->schema)
    {
      vlive_schema_unref (self->schema);
      self->schema = vlive_schema_ref (schema);
      _vlive_scripted_set_description (self,
                                       vlive_description_with_schema (self->description,
                                                                      schema));
    }
  vlive_schema_unref (schema);
}

static VliveReply *
make_reply (VliveScriptedMaster *self, const char *id, VliveRecord *record)
{
  return vlive_reply_new (id, self->knobs.answers_records ? record : NULL,
                          self->rows->sequence);
}

static VliveReply *
insert (VliveScriptedMaster *self,
        const char *given,
        VliveRecord *fields,
        guint64 position,
        gboolean tell,
        GError **error)
{
  g_autofree char *id = NULL;
  g_autoptr (VliveRecord) record = NULL;

  if (!check_fields (self, fields, error))
    return NULL;
  id = choose_id (self, given, fields, error);
  if (id == NULL)
    return NULL;
  record = _vlive_scripted_record_with_id (fields, id, get_id_type (self));
  if (can (self, VLIVE_KEEPS_WRITES))
    {
      open_rows (self);
      _vlive_scripted_rows_insert (self->rows, position, record, 0);
      widen_schema (self, record);
      if (tell)
        _vlive_scripted_tell (self, VLIVE_CHANGE_INSERTED, id, record,
                              self->rows->sequence);
    }

  return make_reply (self, id, record);
}

/* A row without an id is not there for whoever names one. */
static VliveRecord *
dup_row (VliveScriptedMaster *self, const char *id, GError **error)
{
  VliveScriptedSpot spot = VLIVE_SCRIPTED_NO_SPOT;
  guint every = self->knobs.nameless_every;
  guint64 version;

  if (_vlive_scripted_rows_has (self->rows, id))
    spot = every > 0 ? _vlive_scripted_rows_find (self->rows, id) : 0;
  if (spot != VLIVE_SCRIPTED_NO_SPOT
      && (every == 0
          || !_vlive_scripted_is_nameless (
              every, _vlive_scripted_rows_get_serial (self->rows, spot))))
    return _vlive_scripted_rows_dup_by_id (self->rows, id, &version);
  g_propagate_error (error, _vlive_scripted_not_found_error (self, id));

  return NULL;
}

static VliveReply *
change (VliveScriptedMaster *self,
        VliveWriteOp op,
        const char *id,
        VliveRecord *fields,
        gboolean tell,
        GError **error)
{
  g_autoptr (VliveRecord) before = dup_row (self, id, error);
  g_autoptr (VliveRecord) after = NULL;
  g_autoptr (VliveRecord) record = NULL;
  g_autofree char *named = NULL;
  gboolean names = FALSE;

  if (before == NULL || !check_fields (self, fields, error))
    return NULL;
  named = dup_named_id (fields, &names);
  if (names && g_strcmp0 (named, id) != 0)
    {
      refuse (error, VLIVE_ERROR_REJECTED,
              "The id of a record cannot be changed (%s): insert a new one", id);
      return NULL;
    }
  after = op == VLIVE_WRITE_REPLACE ? vlive_record_ref (fields)
                                    : vlive_record_patch (before, fields);
  record = _vlive_scripted_record_with_id (after, id, get_id_type (self));
  if (can (self, VLIVE_KEEPS_WRITES))
    {
      open_rows (self);
      _vlive_scripted_rows_put (self->rows, record);
      widen_schema (self, record);
      if (tell)
        _vlive_scripted_tell (self, VLIVE_CHANGE_UPDATED, id, record,
                              self->rows->sequence);
    }

  return make_reply (self, id, record);
}

static VliveReply *
remove_row (VliveScriptedMaster *self, const char *id, gboolean tell, GError **error)
{
  g_autoptr (VliveRecord) before = dup_row (self, id, error);

  if (before == NULL)
    return NULL;
  if (can (self, VLIVE_KEEPS_WRITES))
    {
      open_rows (self);
      _vlive_scripted_rows_remove (self->rows, id);
      if (tell)
        _vlive_scripted_tell (self, VLIVE_CHANGE_DELETED, id, NULL,
                              self->rows->sequence);
    }

  return make_reply (self, id, NULL);
}

static VliveReply *
clear (VliveScriptedMaster *self, gboolean tell)
{
  if (can (self, VLIVE_KEEPS_WRITES))
    {
      open_rows (self);
      _vlive_scripted_rows_clear (self->rows);
      if (tell)
        _vlive_scripted_tell (self, VLIVE_CHANGE_CHANGED, NULL, NULL, 0);
    }

  return make_reply (self, NULL, NULL);
}

VliveReply *
_vlive_scripted_change (VliveScriptedMaster *self,
                        VliveWriteOp op,
                        const char *id,
                        VliveRecord *fields,
                        guint64 position,
                        gboolean tell,
                        GError **error)
{
  switch (op)
    {
    case VLIVE_WRITE_INSERT:
      return insert (self, id, fields, position, tell, error);
    case VLIVE_WRITE_REPLACE:
    case VLIVE_WRITE_PATCH:
      return change (self, op, id, fields, tell, error);
    case VLIVE_WRITE_DELETE:
      return remove_row (self, id, tell, error);
    case VLIVE_WRITE_DELETE_ALL:
    default:
      return clear (self, tell);
    }
}

static void
remember (VliveScriptedMaster *self, const char *uuid, VliveReply *reply)
{
  VliveScriptedApplied *applied = g_new0 (VliveScriptedApplied, 1);

  applied->uuid = g_strdup (uuid);
  applied->reply = vlive_reply_ref (reply);
  g_hash_table_replace (self->applied, applied->uuid, applied);
  g_queue_push_tail (&self->applied_log, applied);
  if (self->applied_log.length > MAX_APPLIED)
    {
      VliveScriptedApplied *oldest = g_queue_pop_head (&self->applied_log);

      g_hash_table_remove (self->applied, oldest->uuid);
    }
}

/* Applies it, unless it has been before. */
static VliveReply *
apply_once (VliveScriptedMaster *self, Apply *apply, GError **error)
{
  gboolean repeats = can (self, VLIVE_CAN_REPEAT_WRITES);
  VliveScriptedApplied *applied = g_hash_table_lookup (self->applied, apply->uuid);
  guint64 position = self->knobs.inserts_first ? 0 : G_MAXUINT64;
  VliveReply *reply;

  if (repeats && applied != NULL)
    return vlive_reply_ref (applied->reply);
  reply = _vlive_scripted_change (self, apply->op, apply->id, apply->fields, position,
                                  self->knobs.tells_writes, error);
  if (reply == NULL)
    return NULL;
  self->counts.n_applied++;
  if (repeats)
    remember (self, apply->uuid, reply);

  return reply;
}

static void
evaluate_apply (VliveScriptedMaster *self, GTask *task, gpointer data)
{
  Apply *apply = data;
  VliveScriptedOutcome outcome =
      apply->odd ? self->knobs.write_outcome : VLIVE_SCRIPTED_OUTCOME_APPLIED;
  GError *error = NULL;
  VliveReply *reply = NULL;

  if (outcome == VLIVE_SCRIPTED_OUTCOME_REFUSED)
    refuse (&error, VLIVE_ERROR_REJECTED, "“%s” refuses this, as it is told to do",
            self->name);
  else if (outcome != VLIVE_SCRIPTED_OUTCOME_REQUEST_LOST)
    reply = apply_once (self, apply, &error);
  if (error == NULL && outcome >= VLIVE_SCRIPTED_OUTCOME_ANSWER_LOST)
    {
      g_clear_pointer (&reply, vlive_reply_unref);
      refuse (&error, VLIVE_ERROR_UNKNOWN_OUTCOME,
              "It is not known whether this was done: “%s” did not answer", self->name);
    }
  _vlive_scripted_call_answer (task, reply, (GDestroyNotify) vlive_reply_unref, error);
}

void
_vlive_scripted_apply (VliveScriptedMaster *self,
                       VliveWrite *write,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  VliveRecord *fields = vlive_write_get_fields (write);
  Apply *apply = g_new0 (Apply, 1);

  apply->op = vlive_write_get_op (write);
  apply->id = g_strdup (vlive_write_get_id (write));
  apply->uuid = g_strdup (vlive_write_get_uuid (write));
  apply->fields = fields != NULL ? vlive_record_ref (fields) : NULL;
  apply->odd = g_rand_double (self->rand) < self->knobs.write_outcome_rate;
  self->counts.n_writes++;
  _vlive_scripted_call_begin (self, _vlive_scripted_apply, TRUE, evaluate_apply, NULL,
                              apply, apply_free, cancellable, callback, user_data);
}
