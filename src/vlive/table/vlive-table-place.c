/* vlive-table-place.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"
#include "table/vlive-table-private.h"

/*
 * Records that others made. Where the master's order is ours, and the rows
 * around its place are here, a record takes its place without a question; all
 * that is behind it moves on.
 */

typedef struct
{
  VliveRecord *record; /* owned */
  guint64 place;       /* in front of this base position */
} Newcomer;

static void
newcomer_clear (gpointer data)
{
  vlive_record_unref (((Newcomer *) data)->record);
}

static Newcomer *
get_newcomer (GArray *newcomers, guint index)
{
  return &g_array_index (newcomers, Newcomer, index);
}

gboolean
_vlive_table_has_our_order (VliveTable *self)
{
  VliveDescription *description = vlive_master_get_description (self->store->master);

  if (vlive_query_get_n_sort_keys (self->query) == 0 || description == NULL)
    return FALSE;

  return (vlive_description_get_capabilities (description) & VLIVE_SAME_ORDER) != 0
         || !vlive_description_can_query (description, self->query, NULL);
}

/* The rows that are here, in their order. */
typedef struct
{
  guint64 base;
  VliveRecord *record; /* not owned */
} Seated;

static int
compare_seats (gconstpointer a, gconstpointer b)
{
  const VliveSeat *left = *(VliveSeat *const *) a;
  const VliveSeat *right = *(VliveSeat *const *) b;

  return (left->page > right->page) - (left->page < right->page);
}

static GArray *
list_seated (VliveTable *self)
{
  g_autoptr (GPtrArray) seats = _vlive_base_list_seats (self->base);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Seated));

  g_ptr_array_sort (seats, compare_seats);
  for (guint i = 0; i < seats->len; i++)
    {
      VliveSeat *seat = seats->pdata[i];

      for (guint j = 0; j < self->page_size; j++)
        {
          Seated seated = { seat->page * self->page_size + j, seat->slots[j].record };

          if (seated.record != NULL && seated.base < self->n_base)
            g_array_append_val (list, seated);
        }
    }

  return list;
}

static guint
find_behind (GArray *list, VliveQueryPlan *plan, VliveRecord *record)
{
  guint low = 0;
  guint high = list->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (_vlive_query_plan_compare (plan, g_array_index (list, Seated, middle).record,
                                     record)
          < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* Between two neighbours that are here, or at an end that is. */
static gboolean
find_between (VliveTable *self,
              GArray *list,
              VliveQueryPlan *plan,
              VliveRecord *record,
              guint64 *place)
{
  guint i = find_behind (list, plan, record);
  guint64 before = i > 0 ? g_array_index (list, Seated, i - 1).base + 1 : 0;

  *place = i < list->len ? g_array_index (list, Seated, i).base : self->n_base;

  return *place == before;
}

struct _VliveOrder
{
  VliveTable *table;    /* not owned */
  VliveQueryPlan *plan; /* owned */
  GArray *seated;       /* owned, of Seated */
};

VliveOrder *
_vlive_table_read_order (VliveTable *self)
{
  VliveOrder *order;

  if (!_vlive_table_has_our_order (self))
    return NULL;

  order = g_new0 (VliveOrder, 1);
  order->table = self;
  order->plan = _vlive_query_plan_new (self->query);
  order->seated = list_seated (self);

  return order;
}

void
_vlive_order_free (VliveOrder *self)
{
  g_array_unref (self->seated);
  _vlive_query_plan_free (self->plan);
  g_free (self);
}

gboolean
_vlive_order_find (VliveOrder *self, VliveRecord *record, guint64 *place)
{
  return find_between (self->table, self->seated, self->plan, record, place);
}

/* One that the list lacks, and has a place for. */
gboolean
_vlive_table_expects (VliveTable *self, VliveRecord *record)
{
  const char *id = vlive_record_get_id (record);
  guint64 base;

  return _vlive_table_has_our_order (self)
         && vlive_query_get_n_conditions (self->query) == 0
         && vlive_query_get_search (self->query) == NULL && self->next_query == NULL
         && _vlive_totals_get (&self->totals, &base) == VLIVE_TOTAL_EXACT
         && !_vlive_base_find (self->base, id, &base)
         && _vlive_rows_find (self->rows, id) == NULL
         && _vlive_table_find_insert (self, id) == NULL;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer plan)
{
  return _vlive_query_plan_compare (plan, ((const Newcomer *) a)->record,
                                    ((const Newcomer *) b)->record);
}

static GArray *
list_newcomers (VliveTable *self, GPtrArray *records)
{
  g_autoptr (VliveQueryPlan) plan = _vlive_query_plan_new (self->query);
  g_autoptr (GArray) list = list_seated (self);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  GArray *newcomers = g_array_new (FALSE, FALSE, sizeof (Newcomer));

  g_array_set_clear_func (newcomers, newcomer_clear);
  for (guint i = 0; i < records->len; i++)
    {
      Newcomer newcomer = { records->pdata[i], 0 };

      if (g_hash_table_add (ids, (gpointer) vlive_record_get_id (newcomer.record))
          && _vlive_table_expects (self, newcomer.record)
          && find_between (self, list, plan, newcomer.record, &newcomer.place))
        {
          vlive_record_ref (newcomer.record);
          g_array_append_val (newcomers, newcomer);
        }
      else
        _vlive_pager_mark_all (self->pager);
    }
  g_array_sort_with_data (newcomers, compare_cb, plan);

  return newcomers;
}

/* As many from the front as one splice may span. */
static guint
count_group (GArray *newcomers)
{
  guint n = 1;

  while (n < newcomers->len
         && get_newcomer (newcomers, n)->place - get_newcomer (newcomers, 0)->place + n
                < VLIVE_MAX_SPLICE)
    n++;

  return n;
}

/* Where what stands at @base will stand. */
static guint64
move (GArray *group, guint n, guint64 base)
{
  guint64 moved = base;

  for (guint i = 0; i < n && get_newcomer (group, i)->place <= base; i++)
    moved++;

  return moved;
}

typedef struct
{
  guint64 base;
  gpointer what; /* a VliveRecord or a VliveRow, owned */
} Moving;

/* A page that is not in memory stays so: its rows are asked for when somebody
 * looks. */
static void
seat_at (VliveTable *self, guint64 base, VliveRecord *record)
{
  if (_vlive_base_get_seat (self->base, base / self->page_size) != NULL)
    _vlive_base_put (self->base, base, record);
}

static void
move_records (VliveTable *self, GArray *group, guint n)
{
  g_autoptr (GPtrArray) seats = _vlive_base_list_seats (self->base);
  g_autoptr (GArray) moving = g_array_new (FALSE, FALSE, sizeof (Moving));
  guint64 first = get_newcomer (group, 0)->place / self->page_size;

  for (guint i = 0; i < seats->len; i++)
    {
      VliveSeat *seat = seats->pdata[i];

      if (seat->page < first)
        continue;
      /* An answer from before knows nothing of them. */
      seat->stamp = self->store->patched;
      seat->moved = TRUE;
      for (guint j = 0; j < self->page_size; j++)
        {
          guint64 base = seat->page * self->page_size + j;
          Moving record = { move (group, n, base), seat->slots[j].record };

          if (record.what == NULL)
            continue;
          /* One without an id of its own is named by where it stands. */
          if (vlive_record_is_addressable (record.what))
            {
              vlive_record_ref (record.what);
              g_array_append_val (moving, record);
            }
          _vlive_base_put (self->base, base, NULL);
        }
    }
  for (guint i = 0; i < moving->len; i++)
    {
      Moving *record = &g_array_index (moving, Moving, i);

      seat_at (self, record->base, record->what);
      vlive_record_unref (record->what);
    }
  for (guint i = 0; i < n; i++)
    seat_at (self, get_newcomer (group, i)->place + i, get_newcomer (group, i)->record);
}

static void
move_rows (VliveTable *self, GArray *group, guint n)
{
  g_autoptr (GPtrArray) rows =
      _vlive_rows_list_from (self->rows, get_newcomer (group, 0)->place);
  g_autofree guint64 *bases = g_new (guint64, rows->len + 1);

  for (guint i = 0; i < rows->len; i++)
    {
      bases[i] = move (group, n, _vlive_row_get_base (rows->pdata[i]));
      _vlive_rows_detach (self->rows, rows->pdata[i]);
    }
  for (guint i = 0; i < rows->len; i++)
    _vlive_rows_attach (self->rows, rows->pdata[i], bases[i]);
}

/* Those at one place keep their order. */
static void
move_inserts (VliveTable *self, GArray *group, guint n)
{
  g_autoptr (GPtrArray) all = _vlive_inserts_list (self->inserts);
  g_autoptr (GArray) standing = _vlive_table_list_standing (self, all);

  for (guint i = 0; i < standing->len; i++)
    _vlive_mapping_remove (self->mapping,
                           g_array_index (standing, VliveStanding, i).insert);
  for (guint i = 0; i < standing->len; i++)
    {
      VliveInsert *insert = g_array_index (standing, VliveStanding, i).insert;

      insert->place = move (group, n, insert->place);
      _vlive_mapping_insert (self->mapping, insert->place, insert);
    }
}

typedef struct
{
  GArray *group;
  guint n;
} Group;

static guint64
move_cb (guint64 base, gpointer data)
{
  const Group *group = data;

  return move (group->group, group->n, base);
}

static void
move_overlay (VliveTable *self, GArray *newcomers, guint n)
{
  g_autoptr (GPtrArray) hidden = _vlive_hidden_rows_list (self->hidden);
  Group group = { newcomers, n };

  for (guint i = 0; i < hidden->len; i++)
    _vlive_mapping_unhide (self->mapping, ((VliveHidden *) hidden->pdata[i])->base);
  _vlive_hidden_rows_move (self->hidden, move_cb, &group);
  for (guint i = 0; i < hidden->len; i++)
    _vlive_mapping_hide (self->mapping, ((VliveHidden *) hidden->pdata[i])->base);
  move_inserts (self, newcomers, n);
}

static void
place_group (VliveTable *self, GArray *group, guint n)
{
  guint64 first = get_newcomer (group, 0)->place;
  guint64 last = get_newcomer (group, n - 1)->place + n - 1;
  guint64 n_view;

  move_records (self, group, n);
  move_rows (self, group, n);
  move_overlay (self, group, n);
  _vlive_totals_grow (&self->totals, n, &self->store->patched);
  self->n_base += n;
  first = _vlive_table_view_of (self, first);
  n_view = _vlive_table_view_of (self, last) + 1 - first;
  _vlive_table_emit (self, first, n_view - n, n_view);
}

GPtrArray *
_vlive_table_place (VliveTable *self, GPtrArray *records)
{
  GPtrArray *left = g_ptr_array_ref (records);

  /* Somebody who is told may change everything: from the start each time. */
  while (left->len > 0 && _vlive_table_get_n_splices (self) > 0)
    {
      g_autoptr (GArray) newcomers = list_newcomers (self, left);
      GPtrArray *rest;
      guint n = newcomers->len > 0 ? count_group (newcomers) : 0;

      rest = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
      for (guint i = n; i < newcomers->len; i++)
        g_ptr_array_add (rest, vlive_record_ref (get_newcomer (newcomers, i)->record));
      if (n > 0)
        place_group (self, newcomers, n);
      g_ptr_array_unref (left);
      left = rest;
    }

  return left;
}
