/* vlive-read.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "table/vlive-read-private.h"

#include "base/vlive-census-private.h"
#include "table/vlive-store-private.h"

/*
 * One who asks: opens the namespace, lets events of before settle in the
 * cache, looks there, and boards a flight if that was not good enough.
 */
struct _VliveRead
{
  guint ref_count;
  VliveStore *store; /* not owned; NULL once finished */
  VliveTarget target;
  VliveReadFlags flags;
  int priority;
  gint64 asked_at;
  gint64 not_before;
  VliveReadFunc func;
  gpointer data;

  VliveFinding found;  /* what the cache had */
  VliveTarget window;  /* in which a single record is looked for */
  VliveFlight *flight; /* not owned: it holds us */
  GError *failure;     /* owned, nullable: why the master's answer is of no use */
  guint n_looks;
  guint n_again;
};

/* A cache that goes on changing under us must not keep us for ever. */
#define MAX_LOOKS 4
#define MAX_AGAIN 3

static void look (VliveRead *self);

VliveRead *
_vlive_read_new (VliveStore *store,
                 const VliveTarget *target,
                 VliveReadFlags flags,
                 int priority,
                 gint64 asked_at,
                 VliveReadFunc func,
                 gpointer data)
{
  VliveRead *self = g_new0 (VliveRead, 1);

  self->ref_count = 1;
  self->store = store;
  _vlive_target_copy (&self->target, target);
  self->flags = flags;
  self->priority = priority;
  self->asked_at = asked_at;
  self->func = func;
  self->data = data;
  _vlive_census_add (VLIVE_CENSUS_TASK);

  return self;
}

VliveRead *
_vlive_read_ref (VliveRead *self)
{
  self->ref_count++;

  return self;
}

void
_vlive_read_unref (VliveRead *self)
{
  if (--self->ref_count > 0)
    return;

  _vlive_target_clear (&self->target);
  _vlive_target_clear (&self->window);
  _vlive_finding_clear (&self->found);
  g_clear_error (&self->failure);
  g_free (self);
  _vlive_census_remove (VLIVE_CENSUS_TASK);
}

VliveStore *
_vlive_read_get_store (VliveRead *self)
{
  return self->store;
}

const VliveTarget *
_vlive_read_get_target (VliveRead *self)
{
  return &self->target;
}

VliveReadFlags
_vlive_read_get_flags (VliveRead *self)
{
  return self->flags;
}

int
_vlive_read_get_priority (VliveRead *self)
{
  return self->priority;
}

gint64
_vlive_read_get_asked_at (VliveRead *self)
{
  return self->asked_at;
}

gint64
_vlive_read_get_not_before (VliveRead *self)
{
  return self->not_before;
}

void
_vlive_read_set_not_before (VliveRead *self, gint64 not_before)
{
  self->not_before = not_before;
}

gboolean
_vlive_read_is_boarded (VliveRead *self)
{
  return self->flight != NULL;
}

gboolean
_vlive_read_is_finished (VliveRead *self)
{
  return self->store == NULL;
}

gboolean
_vlive_read_is_sent (VliveRead *self)
{
  return self->flight != NULL && _vlive_flight_is_sent (self->flight);
}

void
_vlive_read_left_flight (VliveRead *self)
{
  self->flight = NULL;
}

void
_vlive_read_set_priority (VliveRead *self, int priority, gint64 asked_at)
{
  gboolean more = priority < self->priority;

  self->priority = priority;
  self->asked_at = asked_at;
  if (self->flight == NULL)
    return;

  _vlive_flight_update_priority (self->flight);
  if (more && !_vlive_flight_is_sent (self->flight))
    _vlive_store_fill_places (self->store);
}

/* The last thing that happens to a read; the store may go with it. */
static void
tell (VliveRead *self,
      const VliveFinding *finding,
      const VliveReading *reading,
      const GError *error)
{
  VliveStore *store = g_steal_pointer (&self->store);
  VliveFlight *flight = g_steal_pointer (&self->flight);

  _vlive_read_ref (self);
  g_object_ref (store);
  if (flight != NULL)
    _vlive_flight_leave (flight, self);
  g_ptr_array_remove_fast (store->reads, self);
  if (self->func != NULL)
    self->func (self, finding, reading, error, TRUE, self->data);
  _vlive_store_check_closed (store);
  g_object_unref (store);
  _vlive_read_unref (self);
}

void
_vlive_read_cancel (VliveRead *self)
{
  self->func = NULL;
  if (self->store != NULL)
    tell (self, NULL, NULL, NULL);
}

void
_vlive_read_fail (VliveRead *self, const GError *error)
{
  VliveReading reading = { VLIVE_OUTCOME_FAILED, 0, NULL };

  if (self->store == NULL)
    return;

  if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    reading.outcome = VLIVE_OUTCOME_MISS_AT_MASTER;
  VLIVE_STORY (reading.outcome, "read", self->store->cache_key,
               _vlive_target_to_page (&self->target), self->target.id, "%s",
               error->message);
  tell (self, NULL, &reading, error);
}

static void
count_outcome (VliveStore *store, VliveOutcome outcome)
{
  VliveLedger *ledger = _vlive_store_get_ledger (store);

  if (outcome == VLIVE_OUTCOME_HIT)
    ledger->n_hits++;
  else if (outcome == VLIVE_OUTCOME_STALE)
    ledger->n_stale++;
  else
    ledger->n_misses++;
  _vlive_store_note_ledger (store);
}

static void
fail_not_found (VliveRead *self)
{
  g_autoptr (GError) error =
      g_error_new (VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND, "There is no record “%s” in %s",
                   self->target.id, vlive_master_get_name (self->store->master));

  _vlive_read_fail (self, error);
}

void
_vlive_read_finish (VliveRead *self,
                    const VliveFinding *finding,
                    VliveOutcome outcome,
                    const char *reason)
{
  VliveReading reading = { outcome, 0, (char *) reason };
  VliveStore *store = self->store;

  if (store == NULL)
    return;

  if (self->target.id != NULL && finding->record == NULL)
    {
      fail_not_found (self);
      return;
    }

  reading.age_us =
      MAX (_vlive_clock_get_real_us (store->clock) - finding->fetched_at, 0);
  count_outcome (store, outcome);
  VLIVE_STORY (outcome, "read", store->cache_key, _vlive_target_to_page (&self->target),
               self->target.id, "%u rows, age %.3f s%s%s",
               finding->page != NULL ? finding->page->n_records : 1,
               (double) reading.age_us / G_USEC_PER_SEC, reason != NULL ? ", " : "",
               reason != NULL ? reason : "");
  if (finding->page != NULL)
    _vlive_store_remember (store, &self->target, finding->page);
  tell (self, finding, &reading, NULL);
}

static void
show_cached (VliveRead *self)
{
  VliveReading reading = { VLIVE_OUTCOME_NONE, 0, NULL };

  reading.age_us =
      MAX (_vlive_clock_get_real_us (self->store->clock) - self->found.fetched_at, 0);
  if (self->func != NULL)
    self->func (self, &self->found, &reading, NULL, FALSE, self->data);
}

static void
board (VliveRead *self)
{
  VliveDescription *description = vlive_master_get_description (self->store->master);
  g_autoptr (GError) error = NULL;

  if (self->target.id == NULL && description != NULL
      && !vlive_description_can_query (description, self->target.query, &error))
    {
      _vlive_read_locally (self, error);
      return;
    }

  _vlive_read_ref (self);
  if (self->found.page != NULL)
    show_cached (self);
  if (self->store != NULL)
    self->flight = _vlive_flight_board (self);
  _vlive_read_unref (self);
}

static void
finish_cached (VliveRead *self)
{
  g_autoptr (GError) error = NULL;

  if (self->found.known)
    {
      gboolean fresh = _vlive_finding_is_fresh (&self->found, self->store);

      _vlive_read_finish (self, &self->found,
                          fresh ? VLIVE_OUTCOME_HIT : VLIVE_OUTCOME_STALE,
                          fresh ? NULL : "the master was not asked");
      return;
    }

  error = g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                       "Nothing is cached of %s, and its master was not asked",
                       vlive_master_get_name (self->store->master));
  _vlive_read_fail (self, error);
}

/* No answer, or one that is of no use, is no reason to show nothing. */
static void
finish_stale (VliveRead *self)
{
  g_autoptr (GError) failure = g_steal_pointer (&self->failure);

  if (!self->found.known || (self->target.id != NULL && self->found.record == NULL))
    _vlive_read_fail (self, failure);
  else
    _vlive_read_finish (self, &self->found, VLIVE_OUTCOME_STALE, failure->message);
}

static void
decide (VliveRead *self)
{
  if (self->failure != NULL)
    finish_stale (self);
  else if ((self->flags & VLIVE_READ_CACHED) != 0)
    finish_cached (self);
  else if ((self->flags & VLIVE_READ_FORCE) == 0
           && _vlive_finding_is_fresh (&self->found, self->store))
    _vlive_read_finish (self, &self->found, VLIVE_OUTCOME_HIT, NULL);
  else
    board (self);
}

static void
searched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveRead) self = data;
  g_auto (VliveCachedRecord) entry = { 0 };
  g_auto (VliveFinding) finding = { 0 };
  VLIVE_METER_SPAN ("read-search");

  if (self->store == NULL)
    return;

  _vlive_cache_lookup_record_finish (VLIVE_CACHE (source), result, &entry, NULL);
  _vlive_finding_take_record (&finding, self->store, &entry);
  if (finding.known
      && (!self->found.known || finding.fetched_at >= self->found.fetched_at))
    _vlive_finding_copy (&self->found, &finding);
  decide (self);
}

/* … or in one that others have read, or we before we were started anew. */
static void
search (VliveRead *self)
{
  VliveStore *store = self->store;

  _vlive_cache_search_record_async (store->cache, store->ns, self->target.id,
                                    store->cancellable, searched_cb,
                                    _vlive_read_ref (self));
}

/* A record that is not known by itself may be in a window that is. */
static void
take_window (VliveRead *self, VlivePage *page, const VliveStamp *stamp)
{
  VliveRecord *record = page != NULL ? _vlive_page_find (page, self->target.id) : NULL;
  g_auto (VliveFinding) window = { 0 };

  _vlive_finding_take_page (&window, self->store, page, stamp);
  if (record != NULL && window.known
      && (!self->found.known || _vlive_finding_is_fresh (&window, self->store)))
    {
      _vlive_finding_copy (&self->found, &window);
      g_clear_pointer (&self->found.page, vlive_page_unref);
      self->found.record = vlive_record_ref (record);
    }
  if (_vlive_finding_is_fresh (&self->found, self->store)
      || ((self->flags & VLIVE_READ_FORCE) != 0 && self->failure == NULL))
    decide (self);
  else
    search (self);
}

static void
window_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveRead) self = data;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp = { 0 };
  VLIVE_METER_SPAN ("read-window");

  if (self->store == NULL)
    return;

  _vlive_cache_lookup_page_finish (VLIVE_CACHE (source), result, &page, &stamp, NULL);
  take_window (self, page, &stamp);
}

static void
look_in_windows (VliveRead *self)
{
  VliveStore *store = self->store;
  const VliveTarget *window = _vlive_store_find_window (store, self->target.id);
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp = { 0 };

  _vlive_target_clear (&self->window);
  if (window != NULL)
    _vlive_target_copy (&self->window, window);
  else
    self->window.query = vlive_query_new ();

  if (_vlive_cache_try_lookup_page (store->cache, store->ns, self->window.query,
                                    self->window.offset, self->window.limit, &page,
                                    &stamp))
    take_window (self, page, &stamp);
  else
    _vlive_cache_lookup_page_async (store->cache, store->ns, self->window.query,
                                    self->window.offset, self->window.limit,
                                    store->cancellable, window_cb,
                                    _vlive_read_ref (self));
}

static void
looked (VliveRead *self)
{
  VliveStore *store = self->store;

  if (_vlive_finding_is_overtaken (&self->found, store) && self->n_looks < MAX_LOOKS)
    look (self);
  else if (self->target.id != NULL && !_vlive_finding_is_fresh (&self->found, store))
    look_in_windows (self);
  else
    decide (self);
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveRead) self = data;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp = { 0 };
  VLIVE_METER_SPAN ("read-page");

  if (self->store == NULL)
    return;

  _vlive_cache_lookup_page_finish (VLIVE_CACHE (source), result, &page, &stamp, NULL);
  _vlive_finding_take_page (&self->found, self->store, page, &stamp);
  looked (self);
}

static void
record_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveRead) self = data;
  g_auto (VliveCachedRecord) entry = { 0 };
  VLIVE_METER_SPAN ("read-record");

  if (self->store == NULL)
    return;

  _vlive_cache_lookup_record_finish (VLIVE_CACHE (source), result, &entry, NULL);
  _vlive_finding_take_record (&self->found, self->store, &entry);
  looked (self);
}

static void
look (VliveRead *self)
{
  VliveStore *store = self->store;
  VliveTarget *target = &self->target;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp = { 0 };

  self->n_looks++;
  if (target->id != NULL)
    _vlive_cache_lookup_record_async (store->cache, store->ns, target->id,
                                      store->cancellable, record_cb,
                                      _vlive_read_ref (self));
  else if (_vlive_cache_try_lookup_page (store->cache, store->ns, target->query,
                                         target->offset, target->limit, &page, &stamp))
    {
      _vlive_finding_take_page (&self->found, store, page, &stamp);
      looked (self);
    }
  else
    _vlive_cache_lookup_page_async (store->cache, store->ns, target->query,
                                    target->offset, target->limit, store->cancellable,
                                    page_cb, _vlive_read_ref (self));
}

static void
settled_cb (const GError *error, gpointer data)
{
  g_autoptr (VliveRead) self = data;

  if (self->store != NULL)
    look (self);
}

static void
opened_cb (const GError *error, gpointer data)
{
  g_autoptr (VliveRead) self = data;

  if (self->store == NULL)
    return;

  if (error != NULL)
    _vlive_read_fail (self, error);
  else if (_vlive_events_settle (self->store->events, settled_cb, self))
    look (self);
  else
    _vlive_read_ref (self);
}

void
_vlive_read_start (VliveRead *self)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (self->store->reads, _vlive_read_ref (self));
  if (!_vlive_store_check_open (self->store, &error))
    {
      _vlive_read_fail (self, error);
      return;
    }

  _vlive_store_open (self->store, opened_cb, _vlive_read_ref (self));
}

void
_vlive_read_again (VliveRead *self)
{
  self->flight = NULL;
  if (self->store == NULL)
    return;

  self->n_again++;
  self->n_looks = 0;
  look (self);
}

/* What was cached when the request was sent may have changed since: it is looked
 * for once more. */
static void
fall_back (VliveRead *self, const GError *error)
{
  gboolean is_final = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                      || g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_CLOSED);

  if (is_final)
    _vlive_read_fail (self, error);
  else if (self->target.id == NULL
           && g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED))
    _vlive_read_locally (self, error);
  else
    {
      self->failure = g_error_copy (error);
      self->n_looks = 0;
      look (self);
    }
}

void
_vlive_read_landed (VliveRead *self,
                    const VliveFinding *finding,
                    VliveOutcome outcome,
                    const GError *error,
                    const VliveStamp *asked)
{
  self->flight = NULL;
  if (self->store == NULL)
    return;

  /* Another process raised a mark after the request was sent and before we
   * came: it is not our answer. */
  if (error != NULL)
    fall_back (self, error);
  else if (finding->stale && asked->generation == self->found.stamp.generation
           && asked->epoch < self->found.stamp.epoch && self->n_again < MAX_AGAIN)
    _vlive_read_again (self);
  else
    _vlive_read_finish (self, finding, outcome, NULL);
}
