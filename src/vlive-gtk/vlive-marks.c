/* vlive-marks.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "vlive-marks-private.h"

#define NOWHERE G_MAXUINT
/* So many rows are looked at, though nobody holds them. */
#define MAX_LOOKED_AT 32

struct _VliveMarks
{
  VliveMarksFunc func;
  gpointer data;
  GListModel *model; /* not owned, nullable */
  GHashTable *ids;   /* owned; char * to Mark */
  GtkBitset *where;  /* owned; the positions of @ids, one each */
  GtkBitset *places; /* owned; of those whose records are not known */
  GHashTable *rows;  /* owned; VliveRow, not owned, to Seat */
};

/* A record that is marked. */
typedef struct
{
  guint position; /* or NOWHERE */
  VliveRow *row;  /* owned, nullable: it may still get another id */
} Mark;

/* A row that somebody holds. */
typedef struct
{
  guint position; /* or NOWHERE */
  char *id;       /* owned; NULL for a placeholder */
} Seat;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_clear_object (&mark->row);
  g_free (mark);
}

static void
seat_free (gpointer data)
{
  Seat *seat = data;

  g_free (seat->id);
  g_free (seat);
}

/* One that is said to be there is not: it went while nobody looked. */
static void
evict (VliveMarks *self, guint position)
{
  GHashTableIter iter;
  gpointer value;

  if (!gtk_bitset_remove (self->where, position))
    return;

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Mark *) value)->position == position)
      ((Mark *) value)->position = NOWHERE;
}

static void
place (VliveMarks *self, Mark *mark, guint position)
{
  if (mark->position == position)
    return;

  if (mark->position != NOWHERE)
    gtk_bitset_remove (self->where, mark->position);
  mark->position = NOWHERE;
  if (position == NOWHERE)
    return;

  evict (self, position);
  mark->position = position;
  gtk_bitset_add (self->where, position);
}

static Mark *
add_mark (VliveMarks *self, const char *id)
{
  Mark *mark = g_new0 (Mark, 1);

  mark->position = NOWHERE;
  g_hash_table_insert (self->ids, g_strdup (id), mark);

  return mark;
}

/* A record that is known: its mark by place becomes one by id, and the place of
 * that is known. */
static void
settle (VliveMarks *self, VliveRow *row, Seat *seat)
{
  Mark *mark = seat->id != NULL ? g_hash_table_lookup (self->ids, seat->id) : NULL;

  if (seat->id != NULL && seat->position != NOWHERE
      && gtk_bitset_remove (self->places, seat->position) && mark == NULL)
    mark = add_mark (self, seat->id);
  if (mark == NULL)
    {
      if (seat->id != NULL && seat->position != NOWHERE)
        evict (self, seat->position);
      return;
    }

  place (self, mark, seat->position);
  /* The master may give it another id, which the row then tells. */
  if (mark->row == NULL && vlive_row_get_state (row) == VLIVE_ROW_PENDING)
    mark->row = g_object_ref (row);
}

/* Somebody else holds the row, too: it does not go here. */
static void
let_go (VliveMarks *self, VliveRow *row, const char *id)
{
  Mark *mark = id != NULL ? g_hash_table_lookup (self->ids, id) : NULL;

  if (mark != NULL && vlive_row_get_state (row) != VLIVE_ROW_PENDING)
    g_clear_object (&mark->row);
}

static void
rename_mark (VliveMarks *self, const char *before, const char *after)
{
  gpointer id;
  gpointer mark;

  if (!g_hash_table_steal_extended (self->ids, before, &id, &mark))
    return;

  g_free (id);
  _vlive_marks_remove_id (self, after);
  g_hash_table_replace (self->ids, g_strdup (after), mark);
}

static void
id_changed_cb (VliveMarks *self, GParamSpec *pspec, VliveRow *row)
{
  Seat *seat = g_hash_table_lookup (self->rows, row);
  const char *id = vlive_row_get_id (row);
  gboolean was_marked;

  if (id == NULL || g_strcmp0 (seat->id, id) == 0)
    return;

  was_marked = seat->id != NULL ? _vlive_marks_has_id (self, seat->id)
                                : gtk_bitset_contains (self->places, seat->position);
  if (seat->id != NULL)
    rename_mark (self, seat->id, id);
  g_free (seat->id);
  seat->id = g_strdup (id);
  settle (self, row, seat);
  let_go (self, row, id);
  if (_vlive_marks_has_id (self, id) != was_marked)
    self->func (self->data, seat->position);
}

static void
row_gone_cb (gpointer data, GObject *row)
{
  VliveMarks *self = data;

  g_hash_table_remove (self->rows, row);
}

static void
forget_rows (VliveMarks *self)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      g_object_weak_unref (row, row_gone_cb, self);
      g_signal_handlers_disconnect_by_data (row, self);
    }
  g_hash_table_remove_all (self->rows);
}

VliveMarks *
_vlive_marks_new (VliveMarksFunc func, gpointer data)
{
  VliveMarks *self = g_new0 (VliveMarks, 1);

  self->func = func;
  self->data = data;
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, mark_free);
  self->where = gtk_bitset_new_empty ();
  self->places = gtk_bitset_new_empty ();
  self->rows = g_hash_table_new_full (NULL, NULL, NULL, seat_free);

  return self;
}

void
_vlive_marks_free (VliveMarks *self)
{
  forget_rows (self);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->ids);
  gtk_bitset_unref (self->where);
  gtk_bitset_unref (self->places);
  g_free (self);
}

void
_vlive_marks_set_model (VliveMarks *self, GListModel *model)
{
  forget_rows (self);
  _vlive_marks_clear (self);
  self->model = model;
}

void
_vlive_marks_seat (VliveMarks *self, VliveRow *row, guint position)
{
  Seat *seat = g_hash_table_lookup (self->rows, row);

  if (seat == NULL)
    {
      seat = g_new (Seat, 1);
      seat->id = g_strdup (vlive_row_get_id (row));
      g_hash_table_insert (self->rows, row, seat);
      g_object_weak_ref (G_OBJECT (row), row_gone_cb, self);
      g_signal_connect_swapped (row, "notify::id", G_CALLBACK (id_changed_cb), self);
    }
  else if (seat->position == position)
    return;

  seat->position = position;
  settle (self, row, seat);
  let_go (self, row, seat->id);
}

static guint
shift (guint place, guint position, guint n_removed, guint n_added)
{
  if (place == NOWHERE || place < position)
    return place;
  if (place - position < n_removed)
    return NOWHERE;

  return place - n_removed + n_added;
}

static void
seat_rows (VliveMarks *self, guint position, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (VliveRow) row = g_list_model_get_item (self->model, position + i);

      if (row != NULL)
        _vlive_marks_seat (self, row, position + i);
    }
}

void
_vlive_marks_splice (VliveMarks *self, guint position, guint n_removed, guint n_added)
{
  GHashTableIter iter;
  gpointer value;
  gboolean has_lost = FALSE;

  gtk_bitset_splice (self->places, position, n_removed, n_added);
  gtk_bitset_splice (self->where, position, n_removed, n_added);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Seat *seat = value;

      seat->position = shift (seat->position, position, n_removed, n_added);
    }
  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Mark *mark = value;

      mark->position = shift (mark->position, position, n_removed, n_added);
      has_lost |= mark->position == NOWHERE;
    }
  /* A record that was taken away may come back at once: it has moved. */
  if (has_lost && n_added <= MAX_LOOKED_AT)
    seat_rows (self, position, n_added);
}

gboolean
_vlive_marks_has (VliveMarks *self, guint position)
{
  g_autoptr (VliveRow) row = g_list_model_get_item (self->model, position);
  const char *id = row != NULL ? vlive_row_get_id (row) : NULL;

  if (row == NULL)
    return FALSE;
  _vlive_marks_seat (self, row, position);

  return id != NULL ? _vlive_marks_has_id (self, id)
                    : gtk_bitset_contains (self->places, position);
}

gboolean
_vlive_marks_has_id (VliveMarks *self, const char *id)
{
  return g_hash_table_contains (self->ids, id);
}

/* A few may be looked at, whether somebody holds them or not. */
static void
look_at (VliveMarks *self, const GtkBitset *positions)
{
  guint64 n = gtk_bitset_get_size (positions);

  for (guint i = 0; n <= MAX_LOOKED_AT && i < n; i++)
    seat_rows (self, gtk_bitset_get_nth (positions, i), 1);
}

/* By places first; what is known of those is by id at once. */
void
_vlive_marks_add (VliveMarks *self, const GtkBitset *positions)
{
  GHashTableIter iter;
  gpointer row;
  gpointer seat;

  gtk_bitset_union (self->places, positions);
  look_at (self, positions);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, &seat))
    settle (self, row, seat);
}

/* One that has a place among @positions, whether its row is held or not. */
static gboolean
is_among (gpointer id, gpointer value, gpointer positions)
{
  Mark *mark = value;

  return mark->position != NOWHERE && gtk_bitset_contains (positions, mark->position);
}

void
_vlive_marks_remove (VliveMarks *self, const GtkBitset *positions)
{
  look_at (self, positions);
  gtk_bitset_subtract (self->places, positions);
  gtk_bitset_subtract (self->where, positions);
  g_hash_table_foreach_remove (self->ids, is_among, (gpointer) positions);
}

void
_vlive_marks_add_id (VliveMarks *self, const char *id)
{
  GHashTableIter iter;
  gpointer row;
  gpointer value;

  if (_vlive_marks_has_id (self, id))
    return;

  add_mark (self, id);
  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &row, &value))
    {
      Seat *seat = value;

      if (g_strcmp0 (seat->id, id) == 0)
        settle (self, row, seat);
    }
}

void
_vlive_marks_remove_id (VliveMarks *self, const char *id)
{
  Mark *mark = g_hash_table_lookup (self->ids, id);

  if (mark == NULL)
    return;

  place (self, mark, NOWHERE);
  g_hash_table_remove (self->ids, id);
}

void
_vlive_marks_clear (VliveMarks *self)
{
  g_hash_table_remove_all (self->ids);
  gtk_bitset_remove_all (self->where);
  gtk_bitset_remove_all (self->places);
}

GtkBitset *
_vlive_marks_dup (VliveMarks *self)
{
  GtkBitset *positions = gtk_bitset_copy (self->places);

  gtk_bitset_union (positions, self->where);

  return positions;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
_vlive_marks_dup_ids (VliveMarks *self)
{
  GPtrArray *ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  g_ptr_array_sort (ids, compare);
  g_ptr_array_add (ids, NULL);

  return (char **) g_ptr_array_free (ids, FALSE);
}

GtkBitset *
_vlive_marks_get_places (VliveMarks *self)
{
  return self->places;
}

guint64
_vlive_marks_get_n (VliveMarks *self)
{
  return g_hash_table_size (self->ids) + gtk_bitset_get_size (self->places);
}

guint
_vlive_marks_find (VliveMarks *self, const char *id)
{
  Mark *mark = g_hash_table_lookup (self->ids, id);

  return mark != NULL ? mark->position : NOWHERE;
}
