/* vlive-stage.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-stage-private.h"

#include "record/vlive-record-private.h"

struct _VliveLayer
{
  VliveWriteOp op;
  char *id;            /* owned */
  VliveRecord *fields; /* owned, nullable */
  gboolean is_full;    /* none of the fields is missing */
  guint64 end;         /* 0: the master has not answered */
  gboolean doubtful;   /* somebody finds out, and ends it then */
  gboolean failed;
};

struct _VliveStage
{
  GHashTable *by_id; /* owned: id, owned -> GPtrArray of VliveLayer, owned */
  guint64 n_ends;
  guint64 n_collected;    /* up to that end nothing is left to forget */
  guint n_deletes;        /* layers that delete */
  GPtrArray *inserts;     /* owned, of VliveLayer, not owned: in order */
  GHashTable *temporary;  /* owned: temporary id, owned -> real id, owned, or "" */
  GHashTable *first_name; /* owned: real id -> temporary id, both of the above */
};

/* In front of the UUID of the write. */
#define TEMPORARY "~"

static void
layer_free (gpointer data)
{
  VliveLayer *layer = data;

  g_free (layer->id);
  g_clear_pointer (&layer->fields, vlive_record_unref);
  g_free (layer);
}

VliveStage *
_vlive_stage_new (void)
{
  VliveStage *self = g_new0 (VliveStage, 1);

  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_ptr_array_unref);
  self->inserts = g_ptr_array_new ();
  self->temporary = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->first_name = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
_vlive_stage_free (VliveStage *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->inserts);
  g_hash_table_unref (self->first_name);
  g_hash_table_unref (self->temporary);
  g_free (self);
}

gboolean
_vlive_stage_is_empty (VliveStage *self)
{
  return g_hash_table_size (self->by_id) == 0;
}

/* All that concerns a record is kept under the id that it had first. */
static const char *
get_first_name (VliveStage *self, const char *id)
{
  const char *name = NULL;

  if (g_hash_table_size (self->first_name) > 0)
    name = g_hash_table_lookup (self->first_name, id);

  return name != NULL ? name : id;
}

static GPtrArray *
find_layers (VliveStage *self, const char *id)
{
  if (_vlive_stage_is_empty (self))
    return NULL;

  return g_hash_table_lookup (self->by_id, get_first_name (self, id));
}

static GPtrArray *
need_layers (VliveStage *self, const char *id)
{
  GPtrArray *layers = find_layers (self, id);

  if (layers == NULL)
    {
      layers = g_ptr_array_new_with_free_func (layer_free);
      g_hash_table_insert (self->by_id, g_strdup (get_first_name (self, id)), layers);
    }

  return layers;
}

static char *
make_id (VliveStage *self, VliveWrite *write)
{
  const char *id = vlive_write_get_id (write);
  char *temporary;

  if (id != NULL)
    return g_strdup (id);

  temporary = g_strconcat (TEMPORARY, vlive_write_get_uuid (write), NULL);
  g_hash_table_insert (self->temporary, g_strdup (temporary), g_strdup (""));

  return temporary;
}

static gboolean
has_all_fields (VliveRecord *fields)
{
  for (guint i = 0; fields != NULL && i < vlive_record_get_n_fields (fields); i++)
    if (vlive_record_get_field_type (fields, vlive_record_get_field_name (fields, i))
        == VLIVE_VALUE_MISSING)
      return FALSE;

  return fields != NULL;
}

VliveLayer *
_vlive_stage_push (VliveStage *self, VliveWrite *write)
{
  VliveRecord *fields = vlive_write_get_fields (write);
  g_autofree char *id = make_id (self, write);
  GPtrArray *layers = need_layers (self, id);
  VliveLayer *layer = g_new0 (VliveLayer, 1);

  for (guint i = 0; i < layers->len; i++)
    ((VliveLayer *) layers->pdata[i])->failed = FALSE;
  self->n_collected = G_MAXUINT64;
  layer->op = vlive_write_get_op (write);
  layer->id = g_strdup (id);
  layer->fields = fields != NULL ? vlive_record_ref (fields) : NULL;
  layer->is_full = has_all_fields (fields);
  if (layer->op == VLIVE_WRITE_DELETE)
    self->n_deletes++;
  if (layer->op == VLIVE_WRITE_INSERT)
    g_ptr_array_add (self->inserts, layer);
  g_ptr_array_add (layers, layer);

  return layer;
}

const char *
_vlive_layer_get_id (VliveLayer *layer)
{
  return layer->id;
}

/* A page showed the record before the answer came, and somebody wrote to it
 * there. */
static void
join_layers (VliveStage *self, const char *temporary, const char *real)
{
  gpointer key;
  gpointer layers;

  if (!g_hash_table_steal_extended (self->by_id, real, &key, &layers))
    return;

  g_ptr_array_extend_and_steal (need_layers (self, temporary), layers);
  g_free (key);
}

void
_vlive_stage_adopt (VliveStage *self, const char *temporary, const char *real)
{
  gpointer name;
  gpointer known;

  if (!g_hash_table_steal_extended (self->temporary, temporary, &name, &known))
    return;

  if (*(char *) known == '\0')
    {
      join_layers (self, temporary, real);
      g_free (known);
      known = g_strdup (real);
      g_hash_table_replace (self->first_name, known, name);
    }
  g_hash_table_insert (self->temporary, name, known);
}

VliveIdKind
_vlive_stage_resolve (VliveStage *self, const char *id, const char **real)
{
  const char *name = g_hash_table_lookup (self->temporary, id);
  GPtrArray *layers;

  if (name == NULL)
    return VLIVE_ID_REAL;
  if (*name != '\0')
    {
      *real = name;
      return VLIVE_ID_ADOPTED;
    }

  layers = find_layers (self, id);
  for (guint i = 0; layers != NULL && i < layers->len; i++)
    if (((VliveLayer *) layers->pdata[i])->op == VLIVE_WRITE_INSERT
        && ((VliveLayer *) layers->pdata[i])->end == 0)
      return VLIVE_ID_PENDING;

  return VLIVE_ID_VOID;
}

void
_vlive_stage_doubt (VliveStage *self, VliveLayer *layer)
{
  layer->doubtful = TRUE;
}

/* The master has said what the record is behind these. */
static void
end_doubtful_before (VliveStage *self, VliveLayer *layer)
{
  GPtrArray *layers = find_layers (self, layer->id);

  for (guint i = 0; layers->pdata[i] != layer; i++)
    {
      VliveLayer *before = layers->pdata[i];

      if (before->doubtful && before->end == 0)
        before->end = layer->end;
    }
}

guint64
_vlive_stage_end (VliveStage *self, VliveLayer *layer, gboolean failed)
{
  gboolean was_doubtful = layer->doubtful;

  layer->doubtful = FALSE;
  self->n_collected = G_MAXUINT64;
  if (was_doubtful && layer->end != 0)
    return layer->end;

  g_assert (layer->end == 0);

  layer->end = ++self->n_ends;
  /* A record that was never made is nowhere to be marked. */
  layer->failed = failed && layer->op != VLIVE_WRITE_INSERT;
  if (!failed)
    end_doubtful_before (self, layer);

  return layer->end;
}

guint64
_vlive_stage_add_end (VliveStage *self)
{
  return ++self->n_ends;
}

guint64
_vlive_stage_get_n_ends (VliveStage *self)
{
  return self->n_ends;
}

static gboolean
has_ended (const VliveLayer *layer, guint64 seen)
{
  return layer->end != 0 && layer->end <= seen;
}

/* TRUE if none is left. What failed stays, until something else is tried. */
static gboolean
collect_layers (gpointer key, gpointer value, gpointer data)
{
  GPtrArray *layers = value;
  const guint64 *seen = data;

  for (guint i = layers->len; i > 0; i--)
    {
      VliveLayer *layer = layers->pdata[i - 1];

      if (has_ended (layer, *seen) && !layer->failed && !layer->doubtful)
        g_ptr_array_remove_index (layers, i - 1);
    }

  return layers->len == 0;
}

static void
count_deletes (VliveStage *self)
{
  GHashTableIter iter;
  gpointer layers;

  self->n_deletes = 0;
  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &layers))
    for (guint i = 0; i < ((GPtrArray *) layers)->len; i++)
      if (((VliveLayer *) ((GPtrArray *) layers)->pdata[i])->op == VLIVE_WRITE_DELETE)
        self->n_deletes++;
}

void
_vlive_stage_collect (VliveStage *self, guint64 seen)
{
  seen = MIN (seen, self->n_ends);
  if (_vlive_stage_is_empty (self) || seen == self->n_collected)
    return;

  self->n_collected = seen;
  for (guint i = self->inserts->len; i > 0; i--)
    if (has_ended (self->inserts->pdata[i - 1], seen))
      g_ptr_array_remove_index (self->inserts, i - 1);
  g_hash_table_foreach_remove (self->by_id, collect_layers, &seen);
  if (self->n_deletes > 0)
    count_deletes (self);
}

static void
add_fields (char ***names, VliveRecord *fields)
{
  guint n = *names != NULL ? g_strv_length (*names) : 0;

  for (guint i = 0; fields != NULL && i < vlive_record_get_n_fields (fields); i++)
    {
      const char *name = vlive_record_get_field_name (fields, i);

      if (*names != NULL && g_strv_contains ((const char *const *) *names, name))
        continue;
      *names = g_renew (char *, *names, n + 2);
      (*names)[n++] = g_strdup (name);
      (*names)[n] = NULL;
    }
}

static void
set_record (VliveShown *shown, VliveRecord *record)
{
  g_clear_pointer (&shown->record, vlive_record_unref);
  shown->record = record;
}

static VliveStaged
lay (VliveLayer *layer, const char *id, VliveShown *shown)
{
  switch (layer->op)
    {
    case VLIVE_WRITE_DELETE:
      return VLIVE_STAGED_DELETED;
    case VLIVE_WRITE_PATCH:
      if (shown->record != NULL)
        set_record (shown, vlive_record_patch (shown->record, layer->fields));
      break;
    case VLIVE_WRITE_INSERT:
      /* Where the master shows it already, it is as the master has it. */
      if (shown->record == NULL)
        set_record (shown, _vlive_record_with_id (layer->fields, id, TRUE));
      break;
    case VLIVE_WRITE_REPLACE:
    case VLIVE_WRITE_DELETE_ALL:
    default:
      set_record (shown, _vlive_record_with_id (layer->fields, id, TRUE));
      break;
    }
  add_fields (&shown->pending_fields, layer->fields);

  return VLIVE_STAGED_VALUES;
}

/* Whatever it makes of the record, the next one makes anew, of the same fields: of
 * thousands of changes to one record, few are made. */
static gboolean
is_covered (GPtrArray *layers, guint index, guint64 seen)
{
  const VliveLayer *layer = layers->pdata[index];
  const VliveLayer *next = index + 1 < layers->len ? layers->pdata[index + 1] : NULL;

  return next != NULL && layer->op == VLIVE_WRITE_PATCH && next->op == VLIVE_WRITE_PATCH
         && next->is_full && !has_ended (next, seen)
         && _vlive_layout_get_hash (_vlive_record_get_layout (layer->fields))
                == _vlive_layout_get_hash (_vlive_record_get_layout (next->fields));
}

VliveStaged
_vlive_stage_lay_over (VliveStage *self,
                       guint64 seen,
                       const char *id,
                       VliveRecord *raw,
                       VliveShown *shown)
{
  GPtrArray *layers = find_layers (self, id);
  VliveStaged staged = VLIVE_STAGED_NOT;

  shown->raw = raw != NULL ? vlive_record_ref (raw) : NULL;
  shown->record = raw != NULL ? vlive_record_ref (raw) : NULL;
  shown->state = VLIVE_ROW_READY;
  for (guint i = 0; layers != NULL && i < layers->len; i++)
    {
      VliveLayer *layer = layers->pdata[i];

      if (!has_ended (layer, seen))
        {
          if (!is_covered (layers, i, seen))
            staged = lay (layer, id, shown);
          shown->state = VLIVE_ROW_PENDING;
        }
      else if (layer->failed)
        {
          add_fields (&shown->failed_fields, layer->fields);
          if (shown->state == VLIVE_ROW_READY)
            shown->state = VLIVE_ROW_FAILED;
        }
    }

  return staged;
}

gboolean
_vlive_stage_is_deleted (VliveStage *self, guint64 seen, const char *id)
{
  GPtrArray *layers = self->n_deletes > 0 ? find_layers (self, id) : NULL;
  gboolean deleted = FALSE;

  for (guint i = 0; layers != NULL && i < layers->len; i++)
    if (!has_ended (layers->pdata[i], seen))
      deleted = ((VliveLayer *) layers->pdata[i])->op == VLIVE_WRITE_DELETE;

  return deleted;
}

/* The master's, once it has made the record. */
static char *
get_current_id (VliveStage *self, char *id)
{
  char *real = g_hash_table_lookup (self->temporary, id);

  return real != NULL && *real != '\0' ? real : id;
}

GPtrArray *
_vlive_stage_list_deleted (VliveStage *self, guint64 seen)
{
  GPtrArray *ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  if (self->n_deletes == 0)
    return ids;

  g_hash_table_iter_init (&iter, self->by_id);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (_vlive_stage_is_deleted (self, seen, id))
      g_ptr_array_add (ids, get_current_id (self, id));

  return ids;
}

GPtrArray *
_vlive_stage_list_inserted (VliveStage *self, guint64 seen)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < self->inserts->len; i++)
    if (!has_ended (self->inserts->pdata[i], seen))
      g_ptr_array_add (ids, ((VliveLayer *) self->inserts->pdata[i])->id);

  return ids;
}

gboolean
_vlive_stage_is_inserted (VliveStage *self, guint64 seen, const char *id)
{
  GPtrArray *layers = self->inserts->len > 0 ? find_layers (self, id) : NULL;

  for (guint i = 0; layers != NULL && i < layers->len; i++)
    {
      VliveLayer *layer = layers->pdata[i];

      if (layer->op == VLIVE_WRITE_INSERT && !has_ended (layer, seen))
        return TRUE;
    }

  return FALSE;
}
