/* vlive-cache-rules.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-cache-rules-private.h"

VliveVerdict
_vlive_rules_admit (const VliveSpace *space,
                    const VliveStamp *answer,
                    const VliveStamp *stored)
{
  if (answer->generation != space->generation)
    return VLIVE_VERDICT_AGAIN;
  if (answer->epoch < space->forgotten || answer->epoch > space->epoch)
    return VLIVE_VERDICT_AGAIN;
  if (stored != NULL && _vlive_stamp_compare (answer, stored) < 0)
    return VLIVE_VERDICT_OLDER;

  return VLIVE_VERDICT_TAKE;
}

/* Does the place of a record under @query differ between @a and @b? */
static gboolean
moves_under (VliveQuery *query, VliveRecord *a, VliveRecord *b)
{
  guint n_conditions = vlive_query_get_n_conditions (query);
  guint n_sort_keys = vlive_query_get_n_sort_keys (query);

  if (vlive_query_get_search (query) != NULL)
    return !vlive_record_equal (a, b);

  for (guint i = 0; i < n_conditions + n_sort_keys; i++)
    {
      const char *name = i < n_conditions
                             ? vlive_query_get_condition_column (query, i)
                             : vlive_query_get_sort_column (query, i - n_conditions);
      VliveValue x, y;

      _vlive_record_peek_name (a, name, &x);
      _vlive_record_peek_name (b, name, &y);
      if (x.type != y.type || !_vlive_value_equal (&x, &y))
        return TRUE;
    }

  return FALSE;
}

/* Rows that an exact total implies for @page. */
static guint64
implied_rows (VlivePage *page, guint64 total)
{
  guint64 rest = total > page->offset ? total - page->offset : 0;

  return page->limit == 0 ? rest : MIN (rest, page->limit);
}

/* A total asked for later says that @page has not the rows it should have. If
 * the page's own answer stated a total, only a different one tells: a master
 * that gives fewer rows than it owes would do so for ever. */
static gboolean
has_wrong_length (const VliveQueryState *state, VlivePage *page)
{
  guint64 expected;

  if (state->total_kind != VLIVE_TOTAL_EXACT
      || _vlive_stamp_compare (&state->total_stamp, &page->stamp) <= 0)
    return FALSE;

  expected = page->total_kind == VLIVE_TOTAL_EXACT ? implied_rows (page, page->total)
                                                   : page->n_records;

  return expected != implied_rows (page, state->total);
}

/* Races.md, rule 2: a validator covers the rows, and only an answer with rows
 * would tell the total. The whole set is its own total. */
static gboolean
is_total_at_risk (const VliveView *self, VlivePage *page)
{
  if (page->limit == 0 || self->state->total_kind == VLIVE_TOTAL_UNKNOWN)
    return FALSE;

  return page->offset == 0 || self->state->total_stamp.epoch < self->mark;
}

static void
replace_record (VlivePage *page, guint index, VliveRecord *record)
{
  vlive_record_unref (page->records[index]);
  page->records[index] = vlive_record_ref (record);
}

/* FALSE: the record is gone. */
static gboolean
show_record (const VliveView *self, VlivePage *page, guint index)
{
  VliveRecord *record = page->records[index];
  const VliveCacheEntry *entry =
      self->lookup (vlive_record_get_id (record), self->data);

  if (entry == NULL)
    return TRUE;

  if (_vlive_cache_entry_is_unknown (entry, &page->stamp))
    page->patched = page->stale = TRUE;
  if (!_vlive_cache_entry_masks (entry, &page->stamp))
    return TRUE;

  page->patched = TRUE;
  if (entry->kind == VLIVE_PATCH_TOMBSTONE)
    {
      page->stale = TRUE;
      return FALSE;
    }

  if (!page->stale && self->query != NULL
      && moves_under (self->query, record, entry->record))
    page->stale = TRUE;
  replace_record (page, index, entry->record);

  return TRUE;
}

static void
show_records (const VliveView *self, VlivePage *page)
{
  guint n_kept = 0;

  for (guint i = 0; i < page->n_records; i++)
    {
      if (show_record (self, page, i))
        page->records[n_kept++] = page->records[i];
      else
        vlive_record_unref (page->records[i]);
    }
  page->n_records = n_kept;
}

gboolean
_vlive_view_show (const VliveView *self, VlivePage *page)
{
  if (_vlive_query_state_is_beyond (self->state, &page->stamp, page->offset))
    return FALSE;

  if (page->stamp.epoch < self->mark || has_wrong_length (self->state, page))
    page->stale = TRUE;
  if (self->lookup != NULL)
    show_records (self, page);
  if (page->patched || (self->space->silent && is_total_at_risk (self, page)))
    g_clear_pointer (&page->validator, g_free);
  if (self->state->total_kind != VLIVE_TOTAL_UNKNOWN)
    {
      page->total_kind = self->state->total_kind;
      page->total = self->state->total;
    }

  return TRUE;
}

VlivePage *
_vlive_view_make_empty (const VliveView *self, VlivePage *page)
{
  VlivePage *empty = vlive_page_new (page->offset, page->limit, NULL, 0,
                                     self->state->total_kind, self->state->total);

  empty->stamp = self->state->total_stamp;
  empty->fetched_at = page->fetched_at;
  empty->sequence = page->sequence;
  empty->stale = empty->stamp.epoch < self->mark;

  return empty;
}

gboolean
_vlive_view_would_unmask (const VliveView *self,
                          VlivePage *page,
                          const VliveStamp *stamp)
{
  if (self->lookup == NULL)
    return FALSE;

  for (guint i = 0; i < page->n_records; i++)
    {
      const VliveCacheEntry *entry =
          self->lookup (vlive_record_get_id (page->records[i]), self->data);

      if (entry != NULL && _vlive_cache_entry_masks (entry, &page->stamp)
          && !_vlive_cache_entry_masks (entry, stamp))
        return TRUE;
    }

  return FALSE;
}

VliveVerdict
_vlive_view_renew (const VliveView *self,
                   VliveSpace *space,
                   VliveQueryState *state,
                   VlivePage *stored,
                   const char *validator,
                   VlivePage *answer,
                   gboolean *space_changed)
{
  VliveVerdict verdict = _vlive_rules_admit (space, &answer->stamp, NULL);
  gboolean states_total = answer->total_kind != VLIVE_TOTAL_UNKNOWN;

  if (verdict != VLIVE_VERDICT_TAKE || g_strcmp0 (stored->validator, validator) != 0)
    return VLIVE_VERDICT_AGAIN;
  if (_vlive_stamp_compare (&answer->stamp, &stored->stamp) < 0)
    return VLIVE_VERDICT_OLDER;
  if (_vlive_view_would_unmask (self, stored, &answer->stamp))
    return VLIVE_VERDICT_AGAIN;

  *space_changed = space->silent != !states_total
                   && (states_total || state->total_kind != VLIVE_TOTAL_UNKNOWN);
  if (*space_changed)
    space->silent = !states_total;
  if (!states_total && is_total_at_risk (self, stored))
    return VLIVE_VERDICT_AGAIN;

  stored->stamp = answer->stamp;
  stored->fetched_at = answer->fetched_at;
  stored->sequence = answer->sequence;
  if (states_total)
    {
      stored->total_kind = answer->total_kind;
      stored->total = answer->total;
    }
  if (states_total || stored->limit == 0)
    _vlive_query_state_take_total (state, &stored->stamp, stored->total_kind,
                                   stored->total);

  return VLIVE_VERDICT_TAKE;
}

gboolean
_vlive_rules_is_spent (const VliveCacheEntry *entry,
                       const VliveStamp *oldest,
                       gint64 boot_now)
{
  if (!_vlive_cache_entry_is_old (entry, boot_now))
    return FALSE;

  return oldest == NULL
         || (!_vlive_cache_entry_masks (entry, oldest)
             && !_vlive_cache_entry_is_unknown (entry, oldest));
}

gboolean
_vlive_rules_fold (VlivePage *page, VliveEntryFunc lookup, gpointer data)
{
  VliveSpace space = { 0 };
  VliveQueryState state = { 0 };
  VliveView view = { .space = &space, .state = &state, .lookup = lookup, .data = data };

  page->patched = FALSE;
  show_records (&view, page);
  if (!page->patched)
    return FALSE;

  page->patched = FALSE;
  page->stale = TRUE;
  g_clear_pointer (&page->validator, g_free);

  return TRUE;
}
