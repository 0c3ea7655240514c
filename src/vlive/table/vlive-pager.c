/* vlive-pager.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-table-private.h"

/*
 * Which pages are wanted: what is visible, what the list asked for last, and
 * where somebody holds a placeholder. They are asked for through the store,
 * which shares requests and keeps to its number of them; a want that has not
 * been sent is dropped when nobody has it any more.
 */
struct _VlivePager
{
  VliveTable *table;    /* not owned: it owns us */
  GArray *asked;        /* owned, of guint64: pages, since the last run */
  GArray *cluster;      /* owned, of guint64: those of the last run that had some */
  gboolean has_visible; /* otherwise the cluster is taken for it */
  guint64 first;        /* base rows */
  guint64 n_rows;
  gboolean moved;      /* it is another one since the last run */
  gboolean refresh;    /* the user wants the visible pages anew */
  gboolean backwards;  /* the view moves towards the start */
  gboolean gathering;  /* something waits, or did, for … */
  gint64 gather_until; /* boot clock: what the view passes by is not asked for before */
  guint64 n_walked;    /* pages, from the first on, that the master has answered */
  gint64 polled_at; /* boot clock: "refresh-interval" counts from here; 0: never ran */
  GHashTable *running;  /* owned: page -> Running, owned */
  GHashTable *troubles; /* owned: page -> Trouble, owned */
};

typedef struct
{
  guint64 page;
  VlivePager *pager; /* not owned; NULL: of no use any more */
  VliveRead *read;   /* owned */
  gboolean forced;
  gboolean looking; /* into the cache only */
  gboolean refresh; /* was wished for while the cache was looked into */
} Running;

typedef struct
{
  guint64 page;
  guint n_failures;
  gint64 next_at; /* boot clock */
} Trouble;

typedef struct
{
  guint64 page;
  int priority;
  gint64 asked_at;
  gboolean force;
  gboolean look; /* into the cache, and no further */
} Want;

typedef struct
{
  GArray *wants; /* owned, of Want */
  gint64 now;
  gint64 next; /* when more may be wanted */
} Plan;

/* A page is revalidated once a second at most (design, 4.2.4). */
#define REVALIDATE_US G_USEC_PER_SEC
#define FIRST_PAUSE_US (500 * 1000)
#define LAST_PAUSE_US (30 * G_USEC_PER_SEC)
#define MAX_WANTS 32
/* During a drag, for so long (design, 4.2.2). */
#define GATHER_US (50 * 1000)

enum
{
  PRIORITY_VISIBLE = VLIVE_PRIORITY_VISIBLE,
  PRIORITY_AHEAD,
  PRIORITY_ASKED,
  PRIORITY_HELD,
  PRIORITY_LEFT, /* asked for, and not wanted any more */
};

static void
running_free (gpointer data)
{
  Running *running = data;

  running->pager = NULL;
  _vlive_read_cancel (running->read);
  _vlive_read_unref (running->read);
  g_free (running);
}

VlivePager *
_vlive_pager_new (VliveTable *table)
{
  VlivePager *self = g_new0 (VlivePager, 1);

  self->table = table;
  self->asked = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->cluster = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->running =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, running_free);
  self->troubles = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);

  return self;
}

void
_vlive_pager_free (VlivePager *self)
{
  g_hash_table_unref (self->running);
  g_hash_table_unref (self->troubles);
  g_array_unref (self->asked);
  g_array_unref (self->cluster);
  g_free (self);
}

static gboolean
has_number (GArray *numbers, guint64 number)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, guint64, i) == number)
      return TRUE;

  return FALSE;
}

gboolean
_vlive_pager_note_asked (VlivePager *self, guint64 page)
{
  if (has_number (self->asked, page))
    return FALSE;

  if (self->asked->len >= MAX_WANTS)
    g_array_remove_index (self->asked, 0);
  g_array_append_val (self->asked, page);

  return !has_number (self->cluster, page);
}

/* What the list asked for since the last run is the cluster from now on. */
static void
take_asked (VlivePager *self)
{
  GArray *cluster = self->cluster;

  if (self->asked->len == 0)
    return;

  for (guint i = 0; !self->has_visible && i < self->asked->len; i++)
    if (!has_number (cluster, g_array_index (self->asked, guint64, i)))
      self->moved = TRUE;
  self->cluster = self->asked;
  self->asked = cluster;
  g_array_set_size (self->asked, 0);
}

void
_vlive_pager_set_visible (VlivePager *self, guint64 first, guint64 n_rows)
{
  if (self->has_visible && self->first == first && self->n_rows == n_rows)
    return;

  if (self->has_visible && self->first != first)
    self->backwards = first < self->first;
  /* What the list asked for before was about another place; where it holds
   * placeholders, these are still wanted. */
  g_array_set_size (self->asked, 0);
  g_array_set_size (self->cluster, 0);
  self->has_visible = TRUE;
  self->first = first;
  self->n_rows = n_rows;
  self->moved = TRUE;
}

void
_vlive_pager_refresh (VlivePager *self)
{
  self->refresh = TRUE;
  g_hash_table_remove_all (self->troubles);
}

void
_vlive_pager_note_seen (VlivePager *self)
{
  self->moved = TRUE;
}

gboolean
_vlive_pager_is_busy (VlivePager *self)
{
  g_autoptr (GArray) pages = _vlive_pager_list_visible (self);

  for (guint i = 0; i < pages->len; i++)
    {
      guint64 page = g_array_index (pages, guint64, i);
      Running *running = g_hash_table_lookup (self->running, &page);

      if (running != NULL && _vlive_read_is_boarded (running->read))
        return TRUE;
    }

  return FALSE;
}

void
_vlive_pager_restart (VlivePager *self)
{
  self->n_walked = 0;
  g_hash_table_remove_all (self->running);
  g_hash_table_remove_all (self->troubles);
  g_array_set_size (self->asked, 0);
  g_array_set_size (self->cluster, 0);
}

void
_vlive_pager_mark (VlivePager *self, VliveSeat *seat)
{
  if (seat->stale_since == 0)
    seat->stale_since = _vlive_clock_get_boot_us (self->table->store->clock);
}

void
_vlive_pager_mark_all (VlivePager *self)
{
  g_autoptr (GPtrArray) seats = _vlive_base_list_seats (self->table->base);

  for (guint i = 0; i < seats->len; i++)
    _vlive_pager_mark (self, seats->pdata[i]);
}

void
_vlive_pager_look_again (VlivePager *self)
{
  g_autoptr (GPtrArray) seats = _vlive_base_list_seats (self->table->base);

  for (guint i = 0; i < seats->len; i++)
    ((VliveSeat *) seats->pdata[i])->look = TRUE;
}

GArray *
_vlive_pager_list_visible (VlivePager *self)
{
  GArray *pages = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint page_size = self->table->page_size;

  if (!self->has_visible && self->cluster->len > 0)
    g_array_append_vals (pages, self->cluster->data, self->cluster->len);
  else if (!self->has_visible || self->n_rows == 0)
    {
      guint64 page = self->first / page_size;

      g_array_append_val (pages, page);
    }
  else
    for (guint64 page = self->first / page_size;
         page <= (self->first + self->n_rows - 1) / page_size
         && pages->len < VLIVE_MAX_SEATS;
         page++)
      g_array_append_val (pages, page);

  return pages;
}

void
_vlive_pager_note_answer (VlivePager *self, guint64 page, const GError *error)
{
  Trouble *trouble = g_hash_table_lookup (self->troubles, &page);
  VliveSeat *seat = _vlive_base_get_seat (self->table->base, page);
  gint64 pause = FIRST_PAUSE_US;

  _vlive_table_set_error (self->table, error);
  if (seat != NULL)
    seat->retry = error != NULL;
  if (error == NULL)
    {
      g_hash_table_remove (self->troubles, &page);
      return;
    }

  if (trouble == NULL)
    {
      trouble = g_new0 (Trouble, 1);
      trouble->page = page;
      g_hash_table_insert (self->troubles, &trouble->page, trouble);
    }
  pause = MIN (pause << MIN (trouble->n_failures, 16), LAST_PAUSE_US);
  trouble->n_failures++;
  trouble->next_at = _vlive_clock_get_boot_us (self->table->store->clock) + pause;
}

/* A total that is older than the rows must not count as if it was as new. */
static VlivePage *
get_page (const VliveFinding *finding)
{
  VlivePage *page;

  if (finding == NULL || finding->page == NULL)
    return NULL;
  if (!finding->total_is_old)
    return vlive_page_ref (finding->page);

  page = _vlive_page_copy (finding->page);
  page->total_kind = VLIVE_TOTAL_UNKNOWN;

  return page;
}

void
_vlive_pager_must_ask (VlivePager *self, guint64 page)
{
  VliveSeat *seat = _vlive_base_get_seat (self->table->base, page);

  if (seat == NULL)
    return;

  seat->must_ask = TRUE;
  _vlive_pager_mark (self, seat);
}

static void
read_cb (VliveRead *read,
         const VliveFinding *finding,
         const VliveReading *reading,
         const GError *error,
         gboolean last,
         gpointer data)
{
  Running *running = data;
  VlivePager *self = running->pager;
  VliveTable *table;
  g_autoptr (VlivePage) found = get_page (finding);
  guint64 page = running->page;
  gboolean answered = reading->outcome == VLIVE_OUTCOME_MISS
                      || (reading->outcome == VLIVE_OUTCOME_HIT && running->forced);
  gboolean ask_again;
  gboolean looking;

  if (self == NULL)
    return;

  table = self->table;
  if (last && answered && error == NULL && page == self->n_walked)
    self->n_walked++;
  ask_again =
      last && running->refresh && !answered && (error == NULL || running->looking);
  looking = running->looking;
  if (reading->outcome == VLIVE_OUTCOME_STALE)
    error = vlive_store_get_error (table->store);
  if (last)
    {
      g_hash_table_steal (self->running, &page);
      _vlive_read_unref (running->read);
      g_free (running);
    }
  /* It gave way; if it is still wanted, it is asked for again. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    _vlive_store_wake (table->store);
  else if (looking)
    /* It says nothing of the master: neither that it answers nor that it fails. */
    _vlive_table_take_page (table, page, found, FALSE, FALSE, ask_again, NULL);
  else
    _vlive_table_take_page (table, page, found, answered, last, ask_again, error);
}

/* Deciding. */

static gboolean
is_wanted (GArray *wants, guint64 page)
{
  for (guint i = 0; i < wants->len; i++)
    if (g_array_index (wants, Want, i).page == page)
      return TRUE;

  return FALSE;
}

static void
add_want (Plan *plan, const Want *entry)
{
  if (plan->wants->len < MAX_WANTS && !is_wanted (plan->wants, entry->page))
    g_array_append_vals (plan->wants, entry, 1);
}

static void
want (Plan *plan, guint64 page, int priority, gint64 asked_at, gboolean force)
{
  const Want entry = { page, priority, asked_at, force, FALSE };

  add_want (plan, &entry);
}

static gboolean
is_too_old (VlivePager *self, VliveSeat *seat)
{
  VliveStore *store = self->table->store;
  gint64 age = _vlive_clock_get_real_us (store->clock) - seat->fetched_at;

  return age < 0 || age >= (gint64) store->stale_after * 1000;
}

static void
want_look (Plan *plan, VliveSeat *seat, int priority)
{
  const Want entry = { seat->page, priority, seat->asked_at, FALSE, TRUE };

  add_want (plan, &entry);
}

/* A page that is here: is it asked for again? */
static void
consider_seat (VlivePager *self, Plan *plan, VliveSeat *seat, int priority)
{
  gboolean visible = priority == PRIORITY_VISIBLE;
  gboolean has_holes = _vlive_table_count_holes (self->table, seat) > 0;
  gboolean force = seat->lost || seat->must_ask || seat->retry || has_holes;
  gint64 may_ask_at = seat->asked_at != 0 ? seat->asked_at + REVALIDATE_US : 0;

  if (visible && self->refresh)
    want (plan, seat->page, priority, seat->asked_at, TRUE);
  else if (visible && self->moved && is_too_old (self, seat))
    want (plan, seat->page, priority, seat->asked_at, FALSE);
  else if (seat->look && !force)
    want_look (plan, seat, priority);
  else if (!has_holes && !(visible && (force || seat->stale_since != 0)))
    return;
  else if (plan->now >= may_ask_at)
    want (plan, seat->page, priority, seat->asked_at, force);
  else
    plan->next = MIN (plan->next, may_ask_at);
}

/* At a master that answers only the next page after one that it answered, what
 * comes before is asked for first. */
static void
consider_walk (VlivePager *self, Plan *plan, int priority)
{
  Trouble *trouble = g_hash_table_lookup (self->troubles, &self->n_walked);

  if (trouble != NULL && plan->now < trouble->next_at)
    plan->next = MIN (plan->next, trouble->next_at);
  else
    want (plan, self->n_walked, priority, 0, TRUE);
}

static void
consider (VlivePager *self, Plan *plan, guint64 page, int priority)
{
  VliveTable *table = self->table;
  Running *running = g_hash_table_lookup (self->running, &page);
  Trouble *trouble = g_hash_table_lookup (self->troubles, &page);
  VliveSeat *seat = _vlive_base_get_seat (table->base, page);
  gboolean refresh = self->refresh && priority == PRIORITY_VISIBLE;

  if (page > 0 && page * table->page_size >= table->n_base)
    return;
  if (page > self->n_walked && _vlive_table_is_forward (table))
    {
      consider_walk (self, plan, priority);
      return;
    }

  if (running != NULL)
    {
      running->refresh |= refresh;
      want (plan, page, priority, seat != NULL ? seat->asked_at : 0, running->forced);
    }
  else if (trouble != NULL && plan->now < trouble->next_at)
    plan->next = MIN (plan->next, trouble->next_at);
  else if (seat == NULL)
    want (plan, page, priority, 0, refresh);
  else if (!table->is_hidden && priority != PRIORITY_AHEAD)
    consider_seat (self, plan, seat, priority);
}

/* Nothing that is here is of the query that is asked for: its first page. */
static void
consider_next_query (VlivePager *self, Plan *plan)
{
  guint64 page = 0;
  Trouble *trouble = g_hash_table_lookup (self->troubles, &page);

  if (trouble != NULL && plan->now < trouble->next_at)
    plan->next = MIN (plan->next, trouble->next_at);
  else
    want (plan, page, PRIORITY_VISIBLE, 0, FALSE);
}

static void
consider_all (VlivePager *self, Plan *plan, GArray *pages, int priority)
{
  for (guint i = 0; i < pages->len; i++)
    consider (self, plan, g_array_index (pages, guint64, i), priority);
}

/* Where the view will be in a moment. */
static void
consider_ahead (VlivePager *self, Plan *plan, GArray *visible)
{
  guint64 low = G_MAXUINT64;
  guint64 high = 0;

  for (guint i = 0; i < visible->len; i++)
    {
      low = MIN (low, g_array_index (visible, guint64, i));
      high = MAX (high, g_array_index (visible, guint64, i));
    }
  for (guint i = 1; i <= self->table->prefetch; i++)
    if (!self->backwards)
      consider (self, plan, high + i, PRIORITY_AHEAD);
    else if (low >= i)
      consider (self, plan, low - i, PRIORITY_AHEAD);
}

static int
compare_wants (gconstpointer a, gconstpointer b)
{
  const Want *left = a;
  const Want *right = b;

  if (left->priority != right->priority)
    return left->priority - right->priority;

  return (left->asked_at > right->asked_at) - (left->asked_at < right->asked_at);
}

static void
make_plan (VlivePager *self, Plan *plan)
{
  g_autoptr (GArray) visible = _vlive_pager_list_visible (self);
  g_autoptr (GArray) held = _vlive_rows_list_loading (self->table->rows);

  consider_all (self, plan, visible, PRIORITY_VISIBLE);
  consider_ahead (self, plan, visible);
  consider_all (self, plan, self->cluster, PRIORITY_ASKED);
  consider_all (self, plan, held, PRIORITY_HELD);
  g_array_sort (plan->wants, compare_wants);
}

/* Asking. */

static void
set_look (VlivePager *self, guint64 page, gboolean look)
{
  VliveSeat *seat = _vlive_base_get_seat (self->table->base, page);

  if (seat != NULL)
    seat->look = look;
}

static void
drop_unwanted (VlivePager *self, Plan *plan)
{
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      Running *running = data;

      if (is_wanted (plan->wants, running->page))
        continue;
      if (_vlive_read_is_sent (running->read))
        _vlive_read_set_priority (running->read, PRIORITY_LEFT, 0);
      else
        {
          if (running->looking)
            set_look (self, running->page, TRUE);
          g_hash_table_iter_remove (&iter);
        }
    }
}

/* When what is new may be asked for: the first need at once, and while the view
 * goes on moving, what it has come to since. */
static gint64
gather (VlivePager *self, const Plan *plan)
{
  if (!self->moved)
    return 0;
  /* What was gathered went out at that moment; the next goes as much later. */
  if (self->gathering && plan->now >= self->gather_until
      && plan->now < self->gather_until + GATHER_US)
    self->gather_until += GATHER_US;
  self->gathering = plan->now < self->gather_until;
  if (self->gathering)
    return self->gather_until;

  for (guint i = 0; i < plan->wants->len; i++)
    if (!g_hash_table_contains (self->running,
                                &g_array_index (plan->wants, Want, i).page))
      {
        self->gather_until = plan->now + GATHER_US;
        break;
      }

  return 0;
}

static void
start (VlivePager *self, const Want *entry, gint64 not_before)
{
  VliveTable *table = self->table;
  VliveTarget target = { .query = table->next_query != NULL ? table->next_query
                                                            : table->query,
                         .offset = entry->page * table->page_size,
                         .limit = table->page_size };
  Running *running = g_new0 (Running, 1);
  VliveReadFlags flags = entry->force ? VLIVE_READ_FORCE : VLIVE_READ_NONE;
  g_autoptr (VliveRead) read = NULL;

  running->page = entry->page;
  running->pager = self;
  running->forced = entry->force;
  running->looking = entry->look;
  if (entry->look)
    {
      flags = VLIVE_READ_CACHED;
      set_look (self, entry->page, FALSE);
    }
  running->read = _vlive_read_new (table->store, &target, flags, entry->priority,
                                   entry->asked_at, read_cb, running);
  _vlive_read_set_not_before (running->read, not_before);
  g_hash_table_insert (self->running, &running->page, running);
  read = _vlive_read_ref (running->read);
  _vlive_read_start (read);
}

static void
carry_out (VlivePager *self, Plan *plan)
{
  gint64 not_before;

  drop_unwanted (self, plan);
  not_before = gather (self, plan);
  for (guint i = 0; i < plan->wants->len; i++)
    {
      Want *entry = &g_array_index (plan->wants, Want, i);
      Running *running = g_hash_table_lookup (self->running, &entry->page);

      if (running != NULL)
        _vlive_read_set_priority (running->read, entry->priority, entry->asked_at);
      else if (entry->look)
        start (self, entry, 0);
      else
        start (self, entry, not_before);
    }
}

/* "refresh-interval"; nobody is asked for the sake of what nobody sees, nor of
 * a master that does not answer: what is visible asks for itself then. */
static void
poll (VlivePager *self, Plan *plan)
{
  VliveTable *table = self->table;
  gint64 interval = (gint64) table->refresh_interval * 1000;

  if (self->polled_at == 0)
    {
      self->refresh |= table->refresh_on_open;
      self->polled_at = plan->now;
    }
  if (interval == 0 || table->is_hidden || table->store->offline)
    return;

  if (plan->now >= self->polled_at + interval)
    {
      self->refresh = TRUE;
      self->polled_at = plan->now;
    }
  plan->next = MIN (plan->next, self->polled_at + interval);
}

gint64
_vlive_pager_run (VlivePager *self)
{
  Plan plan = { g_array_new (FALSE, FALSE, sizeof (Want)), 0, VLIVE_NEVER };

  plan.now = _vlive_clock_get_boot_us (self->table->store->clock);
  take_asked (self);
  if (self->table->store->closed)
    plan.next = VLIVE_NEVER;
  else if (self->table->next_query != NULL)
    consider_next_query (self, &plan);
  else
    {
      poll (self, &plan);
      make_plan (self, &plan);
    }
  carry_out (self, &plan);
  self->moved = FALSE;
  self->refresh = FALSE;
  g_array_unref (plan.wants);

  return plan.next;
}

/* Bounded memory. */

static guint64
distance (VlivePager *self, guint64 page)
{
  guint64 centre = self->first / self->table->page_size;

  if (!self->has_visible && self->cluster->len > 0)
    centre = g_array_index (self->cluster, guint64, 0);

  return page > centre ? page - centre : centre - page;
}

void
_vlive_pager_trim (VlivePager *self)
{
  VliveTable *table = self->table;

  while (_vlive_base_get_n_seats (table->base) > VLIVE_MAX_SEATS)
    {
      g_autoptr (GPtrArray) seats = _vlive_base_list_seats (table->base);
      VliveSeat *farthest = seats->pdata[0];

      for (guint i = 1; i < seats->len; i++)
        {
          VliveSeat *seat = seats->pdata[i];

          if (distance (self, seat->page) > distance (self, farthest->page))
            farthest = seat;
        }
      _vlive_base_evict (table->base, farthest->page);
    }
}
