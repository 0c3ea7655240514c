/* vlive-table-inserts.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-query-private.h"
#include "table/vlive-table-private.h"

/*
 * Rows that we insert, among those of the master. Each stands in front of a base
 * position, until a page shows it.
 */

VliveInsert *
_vlive_table_find_insert (VliveTable *self, const char *id)
{
  return _vlive_inserts_find (self->inserts, id);
}

static int
compare_standing (gconstpointer a, gconstpointer b)
{
  guint64 left = ((const VliveStanding *) a)->view;
  guint64 right = ((const VliveStanding *) b)->view;

  return (left > right) - (left < right);
}

GArray *
_vlive_table_list_standing (VliveTable *self, GPtrArray *inserts)
{
  GArray *standing = g_array_new (FALSE, FALSE, sizeof (VliveStanding));

  for (guint i = 0; i < inserts->len; i++)
    {
      VliveStanding one = { 0, inserts->pdata[i] };

      if (_vlive_mapping_item_to_view (self->mapping, one.insert, &one.view))
        g_array_append_val (standing, one);
    }
  g_array_sort (standing, compare_standing);

  return standing;
}

/* Coming and going: in one splice, those that stand side by side; and when that
 * makes too many of them, those that one splice may span. */

static guint64
get_view (GArray *standing, guint index)
{
  return g_array_index (standing, VliveStanding, index).view;
}

static guint
count_runs (GArray *standing)
{
  guint n = 0;

  for (guint i = 0; i < standing->len; i++)
    if (i == 0 || get_view (standing, i) != get_view (standing, i - 1) + 1)
      n++;

  return n;
}

/* The first of those that go with the one before @end. */
static guint
find_group (GArray *standing, guint end, gboolean joined)
{
  guint from = end - 1;

  while (from > 0
         && get_view (standing, end - 1) - get_view (standing, from - 1)
                < VLIVE_MAX_SPLICE
         && (joined || get_view (standing, from - 1) + 1 == get_view (standing, from)))
    from--;

  return from;
}

static void
displace_group (VliveTable *self, GArray *standing, guint from, guint end)
{
  guint64 first = get_view (standing, from);
  guint64 n = get_view (standing, end - 1) + 1 - first;

  for (guint i = from; i < end; i++)
    {
      VliveInsert *insert = g_array_index (standing, VliveStanding, i).insert;
      VliveRow *row = _vlive_rows_find (self->rows, insert->id);

      _vlive_mapping_remove (self->mapping, insert);
      if (row != NULL)
        _vlive_table_take_away (self, row);
    }
  _vlive_table_emit (self, first, n, n - (end - from));
}

/* From the end, so that what is left stays where it is. */
static void
displace_all (VliveTable *self, GPtrArray *inserts)
{
  g_autoptr (GArray) standing = _vlive_table_list_standing (self, inserts);
  gboolean joined = count_runs (standing) > _vlive_table_get_n_splices (self);
  guint end = standing->len;

  while (end > 0)
    {
      guint from = find_group (standing, end, joined);

      displace_group (self, standing, from, end);
      end = from;
    }
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  guint64 left = (*(VliveInsert *const *) a)->place;
  guint64 right = (*(VliveInsert *const *) b)->place;

  return (left > right) - (left < right);
}

static guint64
get_place_view (VliveTable *self, GPtrArray *inserts, guint index)
{
  return _vlive_table_view_of (self, ((VliveInsert *) inserts->pdata[index])->place);
}

static guint
count_places (GPtrArray *inserts)
{
  guint n = 0;

  for (guint i = 0; i < inserts->len; i++)
    if (i == 0 || compare_places (&inserts->pdata[i], &inserts->pdata[i - 1]) != 0)
      n++;

  return n;
}

/* Behind the last of those that go with the one at @from. */
static guint
find_group_end (VliveTable *self, GPtrArray *inserts, guint from, gboolean joined)
{
  guint64 first = get_place_view (self, inserts, from);
  guint end = from + 1;

  while (end < inserts->len
         && get_place_view (self, inserts, end) - first + (end - from)
                < VLIVE_MAX_SPLICE
         && (joined || get_place_view (self, inserts, end) == first))
    end++;

  return end;
}

/* Each into its place; as many as there may be splices, or @all. Answers how
 * many: they are sorted, and the first ones are done. */
static guint
place_inserts (VliveTable *self, GPtrArray *inserts, gboolean all)
{
  gboolean joined = count_places (inserts) > _vlive_table_get_n_splices (self);
  guint from = 0;

  g_ptr_array_sort (inserts, compare_places);
  while (from < inserts->len && (all || _vlive_table_get_n_splices (self) > 0))
    {
      guint end = find_group_end (self, inserts, from, joined);
      guint64 first = get_place_view (self, inserts, from);
      guint64 n = get_place_view (self, inserts, end - 1) - first;

      for (guint i = from; i < end; i++)
        _vlive_mapping_insert (self->mapping,
                               ((VliveInsert *) inserts->pdata[i])->place,
                               inserts->pdata[i]);
      _vlive_table_emit (self, first, n, n + (end - from));
      from = end;
    }

  return from;
}

static GPtrArray *
list_one (VliveInsert *insert)
{
  GPtrArray *list = g_ptr_array_new ();

  g_ptr_array_add (list, insert);

  return list;
}

static void
displace_insert (VliveTable *self, VliveInsert *insert)
{
  g_autoptr (GPtrArray) list = list_one (insert);

  displace_all (self, list);
}

static void
replace_inserts (VliveTable *self, GPtrArray *inserts, guint64 place)
{
  displace_all (self, inserts);
  for (guint i = 0; i < inserts->len; i++)
    ((VliveInsert *) inserts->pdata[i])->place = place;
  place_inserts (self, inserts, TRUE);
}

static void
drop_all (VliveTable *self, GPtrArray *inserts)
{
  displace_all (self, inserts);
  for (guint i = 0; i < inserts->len; i++)
    _vlive_inserts_remove (self->inserts, inserts->pdata[i]);
}

/* What is staged, and what is not any more. */

static gboolean
is_shown (VliveTable *self, VliveQueryPlan *plan, const char *id, VliveShown *shown)
{
  _vlive_table_lay_over (self, id, NULL, shown);

  return shown->record != NULL
         && !_vlive_stage_is_deleted (self->store->stage, self->ends_seen, id)
         && _vlive_query_plan_matches (plan, shown->record);
}

/* Where the row belongs, if the rows around that place are here; otherwise
 * first. */
static guint64
find_place (VliveOrder *order, VliveRecord *record)
{
  guint64 place;

  return order != NULL && _vlive_order_find (order, record, &place) ? place : 0;
}

/* All places are found before anybody is told of one. */
static gboolean
add_inserts (VliveTable *self)
{
  g_autoptr (GPtrArray) ids =
      _vlive_stage_list_inserted (self->store->stage, self->ends_seen);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new ();
  g_autoptr (VliveQueryPlan) plan = NULL;
  g_autoptr (VliveOrder) order = NULL;
  guint n;

  for (guint i = 0; i < ids->len; i++)
    {
      g_auto (VliveShown) shown = { 0 };
      VliveInsert *insert;
      guint64 base;

      if (_vlive_table_find_insert (self, ids->pdata[i]) != NULL)
        continue;
      if (plan == NULL)
        {
          plan = _vlive_query_plan_new (self->query);
          order = _vlive_table_read_order (self);
        }
      if (!is_shown (self, plan, ids->pdata[i], &shown))
        continue;
      insert = _vlive_inserts_add (self->inserts, ids->pdata[i]);
      insert->landed = _vlive_base_find (self->base, insert->id, &base);
      insert->place = find_place (order, shown.record);
      if (!insert->landed)
        g_ptr_array_add (fresh, insert);
    }

  n = place_inserts (self, fresh, FALSE);
  for (guint i = n; i < fresh->len; i++)
    _vlive_inserts_remove (self->inserts, fresh->pdata[i]);

  return n < fresh->len;
}

/* Its answer is not here yet, whatever others have said of the record. */
static gboolean
is_staged (VliveTable *self, const VliveInsert *insert)
{
  return _vlive_stage_is_inserted (self->store->stage, self->ends_seen, insert->id);
}

/* What the master refused, or does not keep; or what is deleted before it was
 * made. */
static gboolean
is_over (VliveTable *self, const VliveInsert *insert)
{
  gboolean pending = is_staged (self, insert);

  return _vlive_stage_is_deleted (self->store->stage, self->ends_seen, insert->id)
         || (!pending && (insert->landed || insert->record == NULL));
}

static void
drop_those_over (VliveTable *self)
{
  g_autoptr (GPtrArray) all = _vlive_inserts_list (self->inserts);
  g_autoptr (GPtrArray) over = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    if (is_over (self, all->pdata[i]))
      g_ptr_array_add (over, all->pdata[i]);
  drop_all (self, over);
}

gboolean
_vlive_table_move_insert (VliveTable *self, VliveInsert *insert, guint64 place)
{
  guint64 from;
  guint64 to;
  guint64 n;

  if (_vlive_rows_find (self->rows, insert->id) == NULL)
    return FALSE;

  _vlive_mapping_item_to_view (self->mapping, insert, &from);
  _vlive_mapping_remove (self->mapping, insert);
  _vlive_mapping_insert (self->mapping, place, insert);
  _vlive_mapping_item_to_view (self->mapping, insert, &to);
  n = MAX (from, to) - MIN (from, to) + 1;
  if (n > VLIVE_MAX_SPLICE)
    {
      _vlive_mapping_remove (self->mapping, insert);
      _vlive_mapping_insert (self->mapping, insert->place, insert);
      return FALSE;
    }

  insert->place = place;
  if (n > 1)
    _vlive_table_emit (self, MIN (from, to), n, n);

  return TRUE;
}

/* Those whose place is another one, and that place; in the order of all. */
static GPtrArray *
list_moves (VliveTable *self, GArray *places)
{
  g_autoptr (VliveOrder) order = _vlive_table_read_order (self);
  g_autoptr (GPtrArray) all = _vlive_inserts_list (self->inserts);
  GPtrArray *moves = g_ptr_array_new ();

  for (guint i = 0; order != NULL && i < all->len; i++)
    {
      VliveInsert *insert = all->pdata[i];
      g_auto (VliveShown) shown = { 0 };
      guint64 place;

      if (insert->landed)
        continue;
      _vlive_table_lay_over (self, insert->id, insert->record, &shown);
      if (shown.record == NULL)
        continue;
      place = find_place (order, shown.record);
      if (place == insert->place)
        continue;
      g_ptr_array_add (moves, insert);
      g_array_append_val (places, place);
    }

  return moves;
}

/* Their neighbours have moved, or were not known before. */
static gboolean
move_inserts (VliveTable *self)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) moves = list_moves (self, places);
  guint i;

  for (i = 0; i < moves->len && _vlive_table_get_n_splices (self) > 0; i++)
    {
      g_autoptr (GPtrArray) one = list_one (moves->pdata[i]);
      guint64 place = g_array_index (places, guint64, i);

      if (!_vlive_table_move_insert (self, moves->pdata[i], place))
        replace_inserts (self, one, place);
    }

  return i < moves->len;
}

gboolean
_vlive_table_sync_inserts (VliveTable *self)
{
  gboolean more;

  drop_those_over (self);
  more = add_inserts (self);
  if (_vlive_inserts_get_n (self->inserts) > 0 && _vlive_table_has_our_order (self))
    more = move_inserts (self) || more;

  return more;
}

void
_vlive_table_drop_inserts (VliveTable *self, GHashTable *ids)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) list = NULL;

  if (_vlive_inserts_get_n (self->inserts) == 0)
    return;

  all = _vlive_inserts_list (self->inserts);
  list = g_ptr_array_new ();
  for (guint i = 0; i < all->len; i++)
    {
      VliveInsert *insert = all->pdata[i];

      if (!insert->landed && g_hash_table_contains (ids, insert->id)
          && !is_staged (self, insert))
        g_ptr_array_add (list, insert);
    }
  drop_all (self, list);
}

void
_vlive_table_pull_inserts (VliveTable *self, guint64 n_base)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) behind = NULL;

  if (_vlive_inserts_get_n (self->inserts) == 0)
    return;

  all = _vlive_inserts_list (self->inserts);
  behind = g_ptr_array_new ();
  for (guint i = 0; i < all->len; i++)
    {
      VliveInsert *insert = all->pdata[i];

      if (!insert->landed && insert->place > n_base)
        g_ptr_array_add (behind, insert);
    }
  replace_inserts (self, behind, 0);
}

void
_vlive_table_settle_inserts (VliveTable *self, const VliveStamp *stamp)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) settled = NULL;

  if (_vlive_inserts_get_n (self->inserts) == 0)
    return;

  all = _vlive_inserts_list (self->inserts);
  settled = g_ptr_array_new ();
  for (guint i = 0; i < all->len; i++)
    {
      VliveInsert *insert = all->pdata[i];

      if (insert->record != NULL && !insert->landed && !is_staged (self, insert)
          && insert->stamp.generation == stamp->generation
          && insert->stamp.epoch <= stamp->epoch)
        g_ptr_array_add (settled, insert);
    }
  drop_all (self, settled);
}

/* Landing: a page shows the record. */

void
_vlive_table_land (VliveTable *self, VliveInsert *insert)
{
  if (insert->landed)
    return;

  displace_insert (self, insert);
  insert->landed = TRUE;
}

static void
land_quietly (VliveTable *self, VliveInsert *insert)
{
  _vlive_mapping_remove (self->mapping, insert);
  insert->landed = TRUE;
}

gboolean
_vlive_table_land_quietly (VliveTable *self, const char *id)
{
  VliveInsert *insert = _vlive_table_find_insert (self, id);

  if (insert == NULL || insert->landed)
    return FALSE;

  land_quietly (self, insert);

  return TRUE;
}

/* Another object for the record is of no use: it goes. */
static void
dismiss (VliveTable *self, const char *id)
{
  VliveRow *row = _vlive_rows_find (self->rows, id);
  VliveShown shown = { .state = VLIVE_ROW_GONE };

  if (row == NULL)
    return;

  g_object_ref (row);
  _vlive_rows_forget (self->rows, row);
  shown.raw = _vlive_row_get_raw (row);
  shown.record = vlive_row_get_record (row);
  _vlive_row_show (row, &shown);
  g_object_unref (row);
}

/* Where the seat is in the view, if somebody sees it. */
static gboolean
find_seat (VliveTable *self, guint64 base, guint64 *view)
{
  return _vlive_mapping_base_to_view (self->mapping, base, view) && base < self->n_base;
}

/* The page that shows it came first: the row that was to be inserted takes the
 * seat (races.md, rule 14). In one splice, unless that is far away; and if the seat
 * is not in the list, because the record is deleted or behind the end, it has no
 * place. */
static void
take_seat (VliveTable *self,
           VliveInsert *insert,
           VliveRow *row,
           VliveRecord *record,
           guint64 base)
{
  guint64 from = 0;
  guint64 view = 0;
  guint64 n = VLIVE_MAX_SPLICE;
  gboolean in_list = find_seat (self, base, &view);

  if (row != NULL && in_list
      && _vlive_mapping_item_to_view (self->mapping, insert, &from))
    n = MAX (from, view) - MIN (from, view);
  if (n < VLIVE_MAX_SPLICE)
    land_quietly (self, insert);
  else
    _vlive_table_land (self, insert);
  if (row == NULL)
    return;

  dismiss (self, vlive_record_get_id (record));
  _vlive_rows_rename (self->rows, row, vlive_record_get_id (record));
  if (!in_list)
    return;

  _vlive_rows_detach (self->rows, row);
  _vlive_rows_attach (self->rows, row, base);
  _vlive_table_show (self, row, record);
  if (n < VLIVE_MAX_SPLICE)
    _vlive_table_emit (self, MIN (from, view), n + 1, n);
  else
    _vlive_table_emit (self, _vlive_table_view_of (self, base), 1, 1);
}

/* A master that gives one id twice has only one record of it. */
static void
drop_namesake (VliveTable *self, VliveInsert *insert, const char *id)
{
  VliveInsert *other = _vlive_table_find_insert (self, id);
  g_autoptr (GPtrArray) list = NULL;

  if (other == NULL || other == insert)
    return;

  list = list_one (other);
  drop_all (self, list);
}

void
_vlive_table_adopt (VliveTable *self, const char *temporary, VliveRecord *record)
{
  const char *id = vlive_record_get_id (record);
  const char *name = temporary != NULL ? temporary : id;
  VliveInsert *insert = _vlive_table_find_insert (self, name);
  VliveRow *row = _vlive_rows_find (self->rows, name);
  G_GNUC_UNUSED g_autoptr (VliveRow) keep = row != NULL ? g_object_ref (row) : NULL;
  guint64 base;

  if (insert == NULL)
    return;

  g_clear_pointer (&insert->record, vlive_record_unref);
  insert->record = vlive_record_ref (record);
  insert->stamp = self->store->patched;
  if (temporary == NULL)
    return;

  drop_namesake (self, insert, id);
  if (_vlive_base_find (self->base, id, &base))
    take_seat (self, insert, row, record, base);
  else if (row != NULL)
    {
      dismiss (self, id);
      _vlive_rows_rename (self->rows, row, id);
    }
  _vlive_inserts_rename (self->inserts, insert, id);
  if (row != NULL && _vlive_row_get_base (row) == VLIVE_OVERLAY_POSITION)
    _vlive_table_show (self, row, record);
}
