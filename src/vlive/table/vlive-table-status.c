/* vlive-table-status.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/* What a table says of itself. */

guint
_vlive_table_count_holes (VliveTable *self, VliveSeat *seat)
{
  guint64 first = seat->page * self->page_size;
  guint n = 0;

  for (guint i = 0; i < self->page_size && first + i < self->n_base; i++)
    if (seat->slots[i].record == NULL
        && !_vlive_mapping_is_hidden (self->mapping, first + i))
      n++;

  return n;
}

void
_vlive_table_set_error (VliveTable *self, const GError *error)
{
  if (error == NULL && self->error == NULL)
    return;
  if (error != NULL && self->error != NULL
      && g_error_matches (error, self->error->domain, self->error->code)
      && strcmp (error->message, self->error->message) == 0)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->error_changed = TRUE;
}

static VliveTotalKind
find_total (VliveTable *self, guint64 *total)
{
  VliveTotalKind kind = _vlive_totals_get (&self->totals, total);

  *total -= MIN (*total, _vlive_table_count_deleted (self));
  *total += _vlive_inserts_count (self->inserts);

  return kind;
}

static VliveTableState
find_state (VliveTable *self)
{
  guint64 total;
  VliveTotalKind kind = find_total (self, &total);
  guint64 n_filled =
      _vlive_base_get_n_filled (self->base) + _vlive_inserts_count (self->inserts);

  if (self->n_base == 0 && kind != VLIVE_TOTAL_EXACT)
    return self->error != NULL ? VLIVE_TABLE_ERROR : VLIVE_TABLE_LOADING;
  if (kind == VLIVE_TOTAL_EXACT && n_filled >= self->n_items && n_filled >= total)
    return VLIVE_TABLE_COMPLETE;

  return VLIVE_TABLE_PARTIAL;
}

typedef struct
{
  gint64 oldest; /* real time; 0: nothing is visible */
  gboolean stale;
  gint64 next; /* boot clock */
} Ages;

/* Behind a mark there are a second and two requests before anybody needs to
 * know (races.md, rule 19). */
static gint64
get_patience (VliveTable *self)
{
  VliveLedger *ledger = _vlive_store_get_ledger (self->store);
  guint64 n = MAX (ledger->n_fetches + ledger->n_gets, 1);

  return G_USEC_PER_SEC + 2 * (gint64) (ledger->wait_us / n);
}

static void
add_age (VliveTable *self, VliveSeat *seat, Ages *ages)
{
  VliveClock *clock = self->store->clock;
  gint64 now = _vlive_clock_get_boot_us (clock);
  gint64 age = _vlive_clock_get_real_us (clock) - seat->fetched_at;
  gint64 left = (gint64) self->store->stale_after * 1000 - age;

  ages->oldest =
      ages->oldest == 0 ? seat->fetched_at : MIN (ages->oldest, seat->fetched_at);
  if (age < 0 || left <= 0)
    ages->stale = TRUE;
  else
    ages->next = MIN (ages->next, now + left);
  if (seat->stale_since == 0)
    return;
  left = seat->stale_since + get_patience (self) - now;
  if (left <= 0)
    ages->stale = TRUE;
  else
    ages->next = MIN (ages->next, now + left);
}

static void
find_ages (VliveTable *self, Ages *ages)
{
  g_autoptr (GArray) pages = _vlive_pager_list_visible (self->pager);

  *ages = (Ages){ 0, self->next_query != NULL, VLIVE_NEVER };
  for (guint i = 0; i < pages->len; i++)
    {
      VliveSeat *seat =
          _vlive_base_get_seat (self->base, g_array_index (pages, guint64, i));

      if (seat != NULL && seat->fetched_at != 0)
        add_age (self, seat, ages);
    }
}

static void
update_total (VliveTable *self)
{
  guint64 total;
  VliveTotalKind kind = find_total (self, &total);

  if (kind != self->total_kind)
    {
      self->total_kind = kind;
      g_object_notify (G_OBJECT (self), "total-kind");
    }
  if (total != self->total)
    {
      self->total = total;
      g_object_notify (G_OBJECT (self), "total");
    }
}

static void
update_ages (VliveTable *self, const Ages *ages)
{
  if (ages->stale != self->stale)
    {
      self->stale = ages->stale;
      g_object_notify (G_OBJECT (self), "stale");
    }
  if (ages->oldest != self->fetched_at)
    {
      self->fetched_at = ages->oldest;
      g_object_notify (G_OBJECT (self), "fetched-at");
    }
}

gint64
_vlive_table_update_status (VliveTable *self)
{
  gboolean busy = _vlive_pager_is_busy (self->pager);
  VliveTableState state;
  Ages ages;

  find_ages (self, &ages);
  _vlive_meter_pause ();
  g_object_freeze_notify (G_OBJECT (self));
  if (self->busy != busy)
    {
      self->busy = busy;
      g_object_notify (G_OBJECT (self), "busy");
    }
  update_total (self);
  update_ages (self, &ages);
  if (self->error_changed)
    {
      self->error_changed = FALSE;
      g_object_notify (G_OBJECT (self), "error");
    }
  state = find_state (self);
  if (state != self->state)
    {
      self->state = state;
      g_object_notify (G_OBJECT (self), "state");
    }
  g_object_thaw_notify (G_OBJECT (self));
  _vlive_meter_resume ();

  return ages.next;
}
