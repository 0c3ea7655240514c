/* vlive-table-announce.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-diff-private.h"
#include "table/vlive-table-private.h"

/*
 * What arrives is kept in order, and applied when the store says so: once in a
 * while, in one go, and bounded.
 */

typedef struct
{
  GList link; /* in the table's "arrivals" */
  gboolean is_page;

  /* A page. */
  guint64 page_number;
  VlivePage *page; /* owned, nullable */
  gboolean answered;
  gboolean last;
  gboolean ask_again;
  GError *error; /* owned, nullable */

  /* A change. */
  VliveStoreChangeKind kind;
  char *id;            /* owned; NULL if there is a record, or none at all */
  VliveRecord *record; /* owned, nullable */
  gboolean membership;
  gboolean is_concerned; /* it may change what the query finds, or the order */
  gboolean reading_again;
  guint64 end;
  char *temporary; /* owned, nullable */
  gboolean by_others;
} Arrival;

/* More pages than a jump of the list needs are left for the next turn, and more
 * changes than a few milliseconds take. */
#define MAX_PAGES 16
#define MAX_CHANGES 8192

static void
arrival_free (gpointer data)
{
  Arrival *arrival = data;

  g_clear_pointer (&arrival->page, vlive_page_unref);
  g_clear_pointer (&arrival->record, vlive_record_unref);
  g_clear_error (&arrival->error);
  g_free (arrival->id);
  g_free (arrival->temporary);
  g_free (arrival);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Arrival, arrival_free)

void
_vlive_table_clear_arrivals (VliveTable *self)
{
  while (self->arrivals.length > 0)
    arrival_free (g_queue_pop_head_link (&self->arrivals)->data);
}

static Arrival *
add_arrival (VliveTable *self)
{
  Arrival *arrival = g_new0 (Arrival, 1);

  arrival->link.data = arrival;
  g_queue_push_tail_link (&self->arrivals, &arrival->link);

  return arrival;
}

/* The next one, or NULL. Owned by the caller. */
static Arrival *
pop_arrival (VliveTable *self)
{
  GList *link = g_queue_pop_head_link (&self->arrivals);

  return link != NULL ? link->data : NULL;
}

void
_vlive_table_take_page (VliveTable *self,
                        guint64 page_number,
                        VlivePage *page,
                        gboolean answered,
                        gboolean last,
                        gboolean ask_again,
                        const GError *error)
{
  Arrival *arrival = add_arrival (self);

  arrival->is_page = TRUE;
  arrival->page_number = page_number;
  arrival->page = page != NULL ? vlive_page_ref (page) : NULL;
  arrival->answered = answered;
  arrival->last = last;
  arrival->ask_again = ask_again;
  arrival->error = error != NULL ? g_error_copy (error) : NULL;
  _vlive_store_wake (self->store);
}

/* Another query is asked for: pages of the one before are of no use. */
void
_vlive_table_drop_pages (VliveTable *self)
{
  GList *next;

  for (GList *l = self->arrivals.head; l != NULL; l = next)
    {
      next = l->next;
      if (!((Arrival *) l->data)->is_page)
        continue;
      g_queue_unlink (&self->arrivals, l);
      arrival_free (l->data);
    }
}

/* The query that is waiting to be shown may be the one when this is applied. */
static gboolean
is_concerned (VliveTable *self, const VliveStoreChange *change)
{
  return change->membership || _vlive_query_is_concerned (self->query, change->fields)
         || (self->next_query != NULL
             && _vlive_query_is_concerned (self->next_query, change->fields));
}

static void
take (gpointer client, const VliveStoreChange *change)
{
  VliveTable *self = client;
  Arrival *arrival = add_arrival (self);

  arrival->kind = change->kind;
  if (change->record != NULL)
    arrival->record = vlive_record_ref (change->record);
  else
    arrival->id = g_strdup (change->id);
  arrival->is_concerned = is_concerned (self, change);
  arrival->reading_again = change->reading_again;
  arrival->end = change->end;
  arrival->temporary = g_strdup (change->temporary);
  arrival->membership = change->membership;
  arrival->by_others = change->by_others;
}

/* The page that shows another query first. */
static void
change_query (VliveTable *self)
{
  _vlive_table_empty (self);
  vlive_query_unref (self->query);
  self->query = g_steal_pointer (&self->next_query);
}

static void
apply_page (VliveTable *self, Arrival *arrival)
{
  if (self->next_query != NULL && arrival->page != NULL)
    change_query (self);
  if (arrival->page != NULL)
    _vlive_table_seat (self, arrival->page, arrival->answered);
  if (arrival->ask_again)
    _vlive_pager_must_ask (self->pager, arrival->page_number);
  if (arrival->last)
    _vlive_pager_note_answer (self->pager, arrival->page_number, arrival->error);
}

static void
apply_unknown (VliveTable *self, Arrival *arrival)
{
  guint64 base;

  if (!arrival->reading_again && _vlive_base_find (self->base, arrival->id, &base))
    _vlive_pager_mark (self->pager,
                       _vlive_base_get_seat (self->base, base / self->page_size));
}

static const char *
get_id (const Arrival *arrival)
{
  return arrival->record != NULL ? vlive_record_get_id (arrival->record) : arrival->id;
}

/* If the record shows another value for it, the row tells since when. */
static void
note_others (VliveTable *self, Arrival *arrival)
{
  VliveRow *row =
      arrival->by_others ? _vlive_rows_find (self->rows, get_id (arrival)) : NULL;

  if (row != NULL)
    _vlive_row_expect_others (row, _vlive_clock_get_real_us (self->store->clock));
}

/* What is too much for one announcement comes first in the next one. */
static Arrival *
push_back (VliveTable *self, VliveStoreChangeKind kind)
{
  Arrival *arrival = g_new0 (Arrival, 1);

  arrival->link.data = arrival;
  arrival->kind = kind;
  arrival->membership = TRUE;
  arrival->is_concerned = TRUE;
  g_queue_push_head_link (&self->arrivals, &arrival->link);

  return arrival;
}

/* It, and those that go directly after it. */
static void
apply_gone (VliveTable *self, Arrival *arrival)
{
  g_autoptr (GHashTable) ids =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer id;
  Arrival *next;

  g_hash_table_add (ids, g_strdup (arrival->id));
  while ((next = g_queue_peek_head (&self->arrivals)) != NULL && !next->is_page
         && next->kind == VLIVE_STORE_GONE)
    {
      g_autoptr (Arrival) gone = pop_arrival (self);

      g_hash_table_add (ids, g_steal_pointer (&gone->id));
    }
  _vlive_pager_mark_all (self->pager);
  if (!_vlive_table_delete (self, ids))
    return;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    push_back (self, VLIVE_STORE_GONE)->id = g_strdup (id);
}

static void
apply_change (VliveTable *self, Arrival *arrival)
{
  switch (arrival->kind)
    {
    case VLIVE_STORE_VALUE:
      if (arrival->is_concerned)
        _vlive_pager_mark_all (self->pager);
      _vlive_table_adopt (self, arrival->temporary, arrival->record);
      note_others (self, arrival);
      _vlive_table_replace (self, arrival->record);
      break;
    case VLIVE_STORE_GONE:
      apply_gone (self, arrival);
      break;
    case VLIVE_STORE_UNKNOWN:
      if (arrival->is_concerned)
        _vlive_pager_mark_all (self->pager);
      note_others (self, arrival);
      apply_unknown (self, arrival);
      break;
    case VLIVE_STORE_CLEARED:
      _vlive_table_empty (self);
      _vlive_totals_set_empty (&self->totals, &self->store->patched);
      _vlive_pager_mark_all (self->pager);
      break;
    case VLIVE_STORE_STATE:
      self->ends_seen = MAX (self->ends_seen, arrival->end);
      _vlive_table_show_again (self, arrival->id);
      break;
    case VLIVE_STORE_LOOK:
      _vlive_pager_look_again (self->pager);
      break;
    case VLIVE_STORE_ALL:
    default:
      _vlive_pager_mark_all (self->pager);
      break;
    }
}

/* A record that others made. Several in a row are one change. */
static gboolean
is_newcomer (VliveTable *self, Arrival *arrival)
{
  return !arrival->is_page && arrival->kind == VLIVE_STORE_VALUE && arrival->membership
         && arrival->temporary == NULL && _vlive_table_expects (self, arrival->record);
}

static gboolean
apply_newcomers (VliveTable *self)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) left = NULL;

  if (!is_newcomer (self, g_queue_peek_head (&self->arrivals)))
    return FALSE;

  records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  while (self->arrivals.length > 0
         && is_newcomer (self, g_queue_peek_head (&self->arrivals)))
    {
      g_autoptr (Arrival) arrival = pop_arrival (self);

      g_ptr_array_add (records, g_steal_pointer (&arrival->record));
    }
  left = _vlive_table_place (self, records);
  for (guint i = left->len; i > 0; i--)
    push_back (self, VLIVE_STORE_VALUE)->record = vlive_record_ref (left->pdata[i - 1]);

  return TRUE;
}

/* TRUE if the length may have changed. */
static gboolean
apply_next (VliveTable *self, guint *n_pages)
{
  g_autoptr (Arrival) arrival = NULL;

  if (apply_newcomers (self))
    return TRUE;

  arrival = pop_arrival (self);
  if (!arrival->is_page)
    {
      apply_change (self, arrival);
      return arrival->membership || arrival->kind == VLIVE_STORE_CLEARED;
    }

  (*n_pages)++;
  apply_page (self, arrival);

  return TRUE;
}

/* TRUE if something is left for the next turn. */
static gboolean
apply_arrivals (VliveTable *self)
{
  guint n_pages = 0;
  guint n_changes = 0;

  while (self->arrivals.length > 0 && n_pages < MAX_PAGES && n_changes++ < MAX_CHANGES
         && _vlive_table_get_n_splices (self) > 0)
    if (apply_next (self, &n_pages))
      _vlive_table_update_length (self);

  return self->arrivals.length > 0;
}

/* Rows that lost their place and got no other are no longer in the table. */
static void
show_gone (VliveTable *self)
{
  g_autoptr (GPtrArray) limbo = g_steal_pointer (&self->limbo);

  self->limbo = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < limbo->len; i++)
    {
      VliveRow *row = limbo->pdata[i];
      VliveShown shown = { .raw = _vlive_row_get_raw (row),
                           .record = vlive_row_get_record (row),
                           .state = VLIVE_ROW_GONE };

      if (_vlive_row_get_base (row) == VLIVE_NO_POSITION)
        _vlive_rows_show (self->rows, row, &shown);
    }
}

/* Values that changed, and rows that were given out while nothing may be told. */
static void
show_changed (VliveTable *self)
{
  g_autoptr (GHashTable) changed = g_steal_pointer (&self->changed);
  GHashTableIter iter;
  gpointer row;

  self->changed = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_hash_table_iter_init (&iter, changed);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      guint64 base = _vlive_row_get_base (row);

      if (base != VLIVE_NO_POSITION)
        _vlive_table_show_again (self, vlive_row_get_id (row));
    }
}

static gint64
announce (gpointer client)
{
  VliveTable *self = client;
  G_GNUC_UNUSED g_autoptr (VliveTable) keep = g_object_ref (self);
  gint64 next;
  gint64 status_next;
  gboolean more;
  VLIVE_METER_SPAN ("table-announce");

  self->n_splices = 0;
  if (self->length_changed)
    _vlive_table_update_length (self);
  self->length_changed = FALSE;
  more = apply_arrivals (self);
  _vlive_table_tell_pager (self);
  next = _vlive_pager_run (self->pager);
  /* What the cache had at hand is shown in this turn. */
  more = apply_arrivals (self) || more;
  more = _vlive_table_sync_overlay (self) || more;
  show_changed (self);
  show_gone (self);
  _vlive_pager_trim (self->pager);
  status_next = _vlive_table_update_status (self);
  if (more)
    return 0;

  return MIN (next, status_next);
}

static VliveRecord *
hold (gpointer client, const char *id)
{
  VliveTable *self = client;
  VliveRow *row;
  guint64 base;

  if (_vlive_base_find (self->base, id, &base))
    return _vlive_base_get (self->base, base);

  row = _vlive_rows_find (self->rows, id);

  return row != NULL ? _vlive_row_get_raw (row) : NULL;
}

static void
stage (gpointer client, const char *id)
{
  _vlive_table_show_again (client, id);
}

static guint64
get_seen (gpointer client)
{
  return ((VliveTable *) client)->ends_seen;
}

void
_vlive_table_init_client (VliveTable *self)
{
  static const VliveClientFuncs funcs = { take, announce, hold, stage, get_seen };

  self->ends_seen = _vlive_stage_get_n_ends (self->store->stage);
  _vlive_store_add_client (self->store, self, &funcs);
  _vlive_store_wake (self->store);
}
