/* vlive-flight.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-census-private.h"
#include "table/vlive-parts-private.h"
#include "table/vlive-read-private.h"
#include "table/vlive-store-private.h"

/*
 * One request to the master. It waits for a place; then it looks into the
 * cache once more, for the moment of asking is now; it asks, lets the cache
 * store the answer, and hands on what the cache makes of it. Whoever may not
 * join (races.md, rule 18) asks again when it has landed.
 */
struct _VliveFlight
{
  VliveJob job; /* first */
  guint ref_count;
  VliveStore *store; /* not owned; NULL once landed */
  VliveTarget target;
  char *key;                 /* owned */
  GPtrArray *readers;        /* owned, of VliveRead: ours */
  GPtrArray *late;           /* owned, of VliveRead: who may not join */
  GCancellable *cancellable; /* owned */
  gboolean started;
  gboolean sent;
  gboolean outdated;      /* a mark was raised since it was started */
  gboolean states_total;  /* the "not modified" that came */
  gboolean unconditional; /* a validator was of no use */
  guint n_tries;
  guint n_looks;
  guint number; /* for the story */

  VliveFinding found; /* what the cache had; its stamp is that of the asking */
  char *validator;    /* owned, nullable: what was sent */
  VliveParts parts;
  guint64 sequence; /* the master's, at asking */
  gint64 asked_real;
  gint64 sent_at;
};

/* A namespace that starts anew under every answer. */
#define MAX_TRIES 4
/* A cache that goes on changing while it is looked into. */
#define MAX_LOOKS 4

static void flight_look (VliveFlight *self);

static VliveFlight *
flight_ref (VliveFlight *self)
{
  self->ref_count++;

  return self;
}

static void
flight_unref (gpointer data)
{
  VliveFlight *self = data;

  if (--self->ref_count > 0)
    return;

  _vlive_target_clear (&self->target);
  _vlive_finding_clear (&self->found);
  g_ptr_array_unref (self->readers);
  g_ptr_array_unref (self->late);
  g_object_unref (self->cancellable);
  _vlive_parts_clear (&self->parts);
  g_free (self->validator);
  g_free (self->key);
  g_free (self);
  _vlive_census_remove (VLIVE_CENSUS_TASK);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveFlight, flight_unref)

static gboolean
is_forced (VliveFlight *self)
{
  for (guint i = 0; i < self->readers->len; i++)
    if ((_vlive_read_get_flags (self->readers->pdata[i]) & VLIVE_READ_FORCE) != 0)
      return TRUE;

  return FALSE;
}

/* It leaves the store: no more joining, and its place is free. */
static void
take_off_board (VliveFlight *self)
{
  VliveStore *store = g_steal_pointer (&self->store);

  g_hash_table_remove (store->flights, self->key);
  if (self->started)
    _vlive_store_leave_place (store);
}

static void
land (VliveFlight *self,
      const VliveFinding *finding,
      VliveOutcome outcome,
      const GError *error)
{
  G_GNUC_UNUSED g_autoptr (VliveFlight) keep = flight_ref (self);
  g_autoptr (VliveStore) store = g_object_ref (self->store);
  g_autoptr (GPtrArray) readers = g_steal_pointer (&self->readers);
  g_autoptr (GPtrArray) late = g_steal_pointer (&self->late);

  self->readers = g_ptr_array_new ();
  self->late = g_ptr_array_new ();
  if (error != NULL)
    _vlive_store_note_failure (store, error);
  take_off_board (self);

  for (guint i = 0; i < readers->len; i++)
    _vlive_read_landed (readers->pdata[i], finding, outcome, error, &self->found.stamp);
  for (guint i = 0; i < late->len; i++)
    _vlive_read_again (late->pdata[i]);
}

static void
retry (VliveFlight *self)
{
  g_autoptr (GError) error = NULL;

  if (++self->n_tries < MAX_TRIES)
    {
      flight_look (self);
      return;
    }

  error = g_error_new (VLIVE_ERROR, VLIVE_ERROR_FAILED,
                       "The cache was cleared again and again while %s was read",
                       vlive_master_get_name (self->store->master));
  land (self, NULL, VLIVE_OUTCOME_FAILED, error);
}

static void
count_redundant (VliveFlight *self, VlivePage *page)
{
  VliveLedger *ledger = _vlive_store_get_ledger (self->store);
  VlivePage *old = self->found.page;

  if (old == NULL)
    return;

  for (guint i = 0; i < MIN (page->n_records, old->n_records); i++)
    if (vlive_record_equal (page->records[i], old->records[i]))
      ledger->n_redundant_rows++;
}

static void
land_page (VliveFlight *self, VlivePage *page, VliveOutcome outcome)
{
  g_auto (VliveFinding) finding = { 0 };

  _vlive_finding_take_page (&finding, self->store, page, &self->found.stamp);
  finding.total_is_old = outcome == VLIVE_OUTCOME_HIT && !self->states_total;
  if (finding.known)
    land (self, &finding, outcome, NULL);
  else
    retry (self); /* everything was deleted since it was asked for */
}

static void
renewed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("flight-renewed");

  if (self->store == NULL)
    return;

  page = _vlive_cache_renew_page_finish (VLIVE_CACHE (source), result, &error);
  if (error != NULL)
    land (self, NULL, VLIVE_OUTCOME_FAILED, error);
  else if (page != NULL)
    land_page (self, page, VLIVE_OUTCOME_HIT);
  else
    {
      /* What is stored is another page by now (rule 1). */
      self->unconditional = TRUE;
      retry (self);
    }
}

static void
stamp_answer (VliveFlight *self, VlivePage *page)
{
  page->offset = self->target.offset;
  page->limit = self->target.limit;
  page->stamp = self->found.stamp;
  page->fetched_at = self->asked_real;
  if (page->sequence == 0)
    page->sequence = self->sequence;
}

/* A "not modified" covers the rows. Of the total it says what it states; where
 * it states none, the first page is read whole, or a total that has become
 * wrong would stay so (rule 2). */
static void
take_not_modified (VliveFlight *self, VlivePage *answer)
{
  VliveStore *store = self->store;
  g_autoptr (VlivePage) renewal = NULL;
  gboolean needs_total = self->found.page->total_kind != VLIVE_TOTAL_UNKNOWN;

  _vlive_store_get_ledger (store)->n_not_modified++;
  self->states_total = answer->total_kind != VLIVE_TOTAL_UNKNOWN;
  if (needs_total && !self->states_total)
    store->silent_304 = TRUE;
  if (store->silent_304 && needs_total && self->target.limit > 0
      && (self->target.offset == 0 || self->found.stale))
    {
      self->unconditional = TRUE;
      retry (self);
      return;
    }

  renewal = _vlive_page_copy (answer);
  stamp_answer (self, renewal);
  _vlive_cache_renew_page_async (store->cache, store->ns, self->target.query,
                                 self->target.offset, self->target.limit,
                                 self->validator, renewal, store->cancellable,
                                 renewed_cb, flight_ref (self));
}

static void
stored_page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("flight-stored");

  if (self->store == NULL)
    return;

  page = _vlive_cache_store_page_finish (VLIVE_CACHE (source), result, &error);
  if (error != NULL)
    land (self, NULL, VLIVE_OUTCOME_FAILED, error);
  else if (page == NULL)
    retry (self);
  else
    {
      VLIVE_STORY (VLIVE_OUTCOME_POPULATED, "cache", self->store->cache_key,
                   _vlive_target_to_page (&self->target), NULL, "#%u %u rows",
                   self->number, page->n_records);
      land_page (self, page, VLIVE_OUTCOME_MISS);
    }
}

static void send_part (VliveFlight *self);

static void
take_page (VliveFlight *self, VlivePage *answer)
{
  VliveStore *store = self->store;
  g_autoptr (VlivePage) page = NULL;

  self->parts.ignore_total =
      _vlive_store_is_false_claim (store, self->target.query, answer->total);
  page = _vlive_parts_take (&self->parts, &self->target, answer);
  if (self->parts.claim_failed)
    _vlive_store_note_false_claim (store, self->target.query, answer->total);
  if (page == NULL)
    {
      send_part (self);
      return;
    }

  stamp_answer (self, page);
  count_redundant (self, page);
  _vlive_store_learn_schema (store, page->records, page->n_records);
  _vlive_store_count_bytes (store, page->records, page->n_records);
  _vlive_cache_store_page_async (store->cache, store->ns, self->target.query, page,
                                 store->cancellable, stored_page_cb, flight_ref (self));
}

/* TRUE if there is an answer to go on with. */
static gboolean
note_answer (VliveFlight *self, const GError *error)
{
  VliveStore *store = self->store;
  gint64 took_us = _vlive_clock_get_boot_us (store->clock) - self->sent_at;

  _vlive_store_get_ledger (store)->wait_us += (guint64) MAX (took_us, 0);
  VLIVE_STORY (error != NULL ? VLIVE_OUTCOME_FAILED : VLIVE_OUTCOME_NONE, "answer",
               store->cache_key, _vlive_target_to_page (&self->target), self->target.id,
               "#%u after %.1f ms%s%s", self->number, (double) took_us / 1000,
               error != NULL ? ": " : "", error != NULL ? error->message : "");
  if (error == NULL)
    _vlive_store_note_success (store);

  return error == NULL;
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  VLIVE_METER_SPAN ("flight-page");

  page = vlive_master_fetch_window_finish (VLIVE_MASTER (source), result, &error);
  if (self->store == NULL)
    return;

  if (page != NULL && vlive_page_is_not_modified (page) && self->validator == NULL)
    error = g_error_new (VLIVE_ERROR, VLIVE_ERROR_INVALID,
                         "%s answered “not modified” to an unconditional request",
                         vlive_master_get_name (VLIVE_MASTER (source)));
  if (!note_answer (self, error))
    land (self, NULL, VLIVE_OUTCOME_FAILED, error);
  else if (vlive_page_is_not_modified (page))
    take_not_modified (self, page);
  else
    take_page (self, page);
}

static void
stored_record_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (VliveFinding) finding = { 0 };
  gboolean again = FALSE;
  VLIVE_METER_SPAN ("flight-stored");

  if (self->store == NULL)
    return;

  _vlive_cache_store_record_finish (VLIVE_CACHE (source), result, &record, &again,
                                    &error);
  if (error != NULL)
    land (self, NULL, VLIVE_OUTCOME_FAILED, error);
  else if (again)
    retry (self);
  else
    {
      finding.known = TRUE;
      finding.record = g_steal_pointer (&record);
      finding.fetched_at = self->asked_real;
      finding.sequence = self->sequence;
      finding.stamp = self->found.stamp;
      land (self, &finding, VLIVE_OUTCOME_MISS, NULL);
    }
}

static void
record_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;
  VliveStore *store;
  VLIVE_METER_SPAN ("flight-record");

  record = vlive_master_fetch_record_finish (VLIVE_MASTER (source), result, &error);
  store = self->store;
  if (store == NULL)
    return;

  /* That there is none is an answer like any other. */
  if (g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    g_clear_error (&error);
  if (!note_answer (self, error))
    {
      land (self, NULL, VLIVE_OUTCOME_FAILED, error);
      return;
    }
  if (record != NULL)
    {
      _vlive_store_learn_schema (store, &record, 1);
      _vlive_store_count_bytes (store, &record, 1);
    }
  _vlive_cache_store_record_async (store->cache, store->ns, self->target.id, record,
                                   &self->found.stamp, self->asked_real, self->sequence,
                                   store->cancellable, stored_record_cb,
                                   flight_ref (self));
}

/* A page with a record that is newer than itself is read whole; so is one of a
 * master whose "not modified" says nothing of a total that may be wrong, and
 * one of which a stream said that something has changed: who says so knows more
 * than a validator, which may be coarse or old. */
static gboolean
may_be_conditional (VliveFlight *self)
{
  VlivePage *page = self->found.page;

  if (page == NULL || page->validator == NULL || page->patched || self->unconditional
      || page->stamp.epoch < self->store->changed_epoch)
    return FALSE;

  return !self->store->silent_304 || page->total_kind == VLIVE_TOTAL_UNKNOWN
         || self->target.limit == 0 || (self->target.offset > 0 && !page->stale);
}

static void
send_part (VliveFlight *self)
{
  VliveStore *store = self->store;
  const VliveParts *parts = &self->parts;

  if (parts->n_requests > 1)
    {
      self->number = _vlive_store_next_number (store);
      self->sent_at = _vlive_clock_get_boot_us (store->clock);
      g_clear_pointer (&self->validator, g_free);
    }
  _vlive_store_get_ledger (store)->n_fetches++;
  VLIVE_STORY (VLIVE_OUTCOME_NONE, "request", store->cache_key,
               _vlive_target_to_page (&self->target), NULL,
               "#%u rows %" G_GUINT64_FORMAT " + %u%s", self->number, parts->offset,
               parts->limit, self->validator != NULL ? ", if modified" : "");
  vlive_master_fetch_window_async (store->master, self->target.query, parts->offset,
                                   parts->limit, self->validator, self->cancellable,
                                   page_cb, flight_ref (self));
}

static void
send_window (VliveFlight *self)
{
  VliveStore *store = self->store;

  g_clear_pointer (&self->validator, g_free);
  if (may_be_conditional (self))
    self->validator = g_strdup (self->found.page->validator);
  if (_vlive_finding_is_fresh (&self->found, store))
    _vlive_store_get_ledger (store)->n_repeats++;
  _vlive_parts_start (&self->parts, &self->target,
                      vlive_master_get_description (store->master));
  send_part (self);
}

static void
send_record (VliveFlight *self)
{
  VliveStore *store = self->store;

  _vlive_store_get_ledger (store)->n_gets++;
  VLIVE_STORY (VLIVE_OUTCOME_NONE, "request", store->cache_key, -1, self->target.id,
               "#%u", self->number);
  vlive_master_fetch_record_async (store->master, self->target.id, self->cancellable,
                                   record_cb, flight_ref (self));
}

static void
ask (VliveFlight *self)
{
  VliveStore *store = self->store;

  self->sent = TRUE;
  self->number = _vlive_store_next_number (store);
  self->sequence = 0;
  vlive_master_peek_sequence (store->master, &self->sequence);
  self->asked_real = _vlive_clock_get_real_us (store->clock);
  self->sent_at = _vlive_clock_get_boot_us (store->clock);
  if (self->target.id != NULL)
    send_record (self);
  else
    send_window (self);
}

/* Somebody else may have stored it while it waited for its place, and those who
 * wanted it may have left. */
static void
flight_looked (VliveFlight *self)
{
  gboolean unwanted = self->readers->len == 0 && !self->sent;

  if (_vlive_finding_is_overtaken (&self->found, self->store)
      && self->n_looks++ < MAX_LOOKS)
    {
      flight_look (self);
      return;
    }

  if (unwanted
      || (!is_forced (self) && _vlive_finding_is_fresh (&self->found, self->store)))
    {
      g_auto (VliveFinding) finding = { 0 };

      _vlive_finding_copy (&finding, &self->found);
      land (self, &finding, VLIVE_OUTCOME_HIT, NULL);
    }
  else
    ask (self);
}

static void
looked_page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp = { 0 };
  VLIVE_METER_SPAN ("flight-look");

  if (self->store == NULL)
    return;

  _vlive_cache_lookup_page_finish (VLIVE_CACHE (source), result, &page, &stamp, NULL);
  _vlive_finding_take_page (&self->found, self->store, page, &stamp);
  flight_looked (self);
}

static void
looked_record_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VliveFlight) self = data;
  g_auto (VliveCachedRecord) entry = { 0 };
  VLIVE_METER_SPAN ("flight-look");

  if (self->store == NULL)
    return;

  _vlive_cache_lookup_record_finish (VLIVE_CACHE (source), result, &entry, NULL);
  _vlive_finding_take_record (&self->found, self->store, &entry);
  flight_looked (self);
}

static void
flight_look (VliveFlight *self)
{
  VliveStore *store = self->store;
  VliveTarget *target = &self->target;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp = { 0 };

  /* What was marked before this moment is in the stamp that is taken now. */
  self->outdated = FALSE;
  if (target->id != NULL)
    _vlive_cache_lookup_record_async (store->cache, store->ns, target->id,
                                      store->cancellable, looked_record_cb,
                                      flight_ref (self));
  else if (_vlive_cache_try_lookup_page (store->cache, store->ns, target->query,
                                         target->offset, target->limit, &page, &stamp))
    {
      _vlive_finding_take_page (&self->found, store, page, &stamp);
      flight_looked (self);
    }
  else
    _vlive_cache_lookup_page_async (store->cache, store->ns, target->query,
                                    target->offset, target->limit, store->cancellable,
                                    looked_page_cb, flight_ref (self));
}

static void
flight_start (VliveJob *job)
{
  VliveFlight *self = (VliveFlight *) job;
  G_GNUC_UNUSED g_autoptr (VliveFlight) keep = flight_ref (self);

  self->started = TRUE;
  flight_look (self);
}

static VliveFlight *
flight_new (VliveStore *store, const VliveTarget *target, char *key)
{
  VliveFlight *self = g_new0 (VliveFlight, 1);

  self->job.start = flight_start;
  self->ref_count = 1;
  self->store = store;
  _vlive_target_copy (&self->target, target);
  self->key = key;
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_read_unref);
  self->late = g_ptr_array_new_with_free_func ((GDestroyNotify) _vlive_read_unref);
  self->cancellable = g_cancellable_new ();
  _vlive_census_add (VLIVE_CENSUS_TASK);

  return self;
}

void
_vlive_flight_update_priority (VliveFlight *self)
{
  self->job.priority = G_MAXINT;
  self->job.asked_at = G_MAXINT64;
  self->job.not_before = self->readers->len > 0 ? G_MAXINT64 : 0;
  for (guint i = 0; i < self->readers->len; i++)
    {
      gint64 not_before = _vlive_read_get_not_before (self->readers->pdata[i]);
      int priority = _vlive_read_get_priority (self->readers->pdata[i]);
      gint64 asked_at = _vlive_read_get_asked_at (self->readers->pdata[i]);

      self->job.not_before = MIN (self->job.not_before, not_before);
      if (priority < self->job.priority
          || (priority == self->job.priority && asked_at < self->job.asked_at))
        {
          self->job.priority = priority;
          self->job.asked_at = asked_at;
        }
    }
}

static VliveFlight *
find_least (VliveStore *store)
{
  VliveFlight *least = NULL;
  GHashTableIter iter;
  gpointer data;

  g_hash_table_iter_init (&iter, store->flights);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      VliveFlight *flight = data;

      if (flight->sent && flight->late->len == 0
          && flight->job.priority > VLIVE_PRIORITY_VISIBLE
          && (least == NULL || flight->job.priority > least->job.priority))
        least = flight;
    }

  return least;
}

gboolean
_vlive_flight_give_way (VliveStore *store)
{
  VliveFlight *self = find_least (store);
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return FALSE;

  VLIVE_STORY (VLIVE_OUTCOME_NONE, "request", store->cache_key,
               _vlive_target_to_page (&self->target), self->target.id,
               "#%u given up: something visible waits", self->number);
  _vlive_store_get_ledger (store)->n_given_up++;
  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       "Something visible was asked for instead");
  g_cancellable_cancel (self->cancellable);
  land (self, NULL, VLIVE_OUTCOME_FAILED, error);

  return TRUE;
}

VliveFlight *
_vlive_flight_board (VliveRead *read)
{
  VliveStore *store = _vlive_read_get_store (read);
  const VliveTarget *target = _vlive_read_get_target (read);
  g_autofree char *key = _vlive_target_to_key (target);
  VliveFlight *self = g_hash_table_lookup (store->flights, key);
  gboolean is_new = self == NULL;

  if (is_new)
    {
      self = flight_new (store, target, g_steal_pointer (&key));
      g_hash_table_insert (store->flights, self->key, self);
    }
  else
    _vlive_store_get_ledger (store)->n_joined++;

  g_ptr_array_add (self->outdated ? self->late : self->readers, _vlive_read_ref (read));
  _vlive_flight_update_priority (self);
  if (is_new)
    _vlive_store_enqueue (store, &self->job);
  else if (!self->started)
    _vlive_store_fill_places (store);

  return self;
}

void
_vlive_flight_leave (VliveFlight *self, VliveRead *read)
{
  G_GNUC_UNUSED g_autoptr (VliveFlight) keep = flight_ref (self);

  if (!g_ptr_array_remove (self->readers, read))
    g_ptr_array_remove (self->late, read);
  if (self->store == NULL)
    return;

  if (self->readers->len == 0 && self->late->len == 0 && !self->started)
    {
      _vlive_store_withdraw (self->store, &self->job);
      take_off_board (self);
    }
  else
    _vlive_flight_update_priority (self);
}

gboolean
_vlive_flight_is_sent (VliveFlight *self)
{
  return self->sent;
}

const VliveTarget *
_vlive_flight_get_target (VliveFlight *self)
{
  return &self->target;
}

void
_vlive_flight_outdate (VliveFlight *self)
{
  if (self->started)
    self->outdated = TRUE;
}

void
_vlive_flight_abandon (gpointer data)
{
  VliveFlight *self = data;

  g_cancellable_cancel (self->cancellable);
  for (guint i = 0; i < self->readers->len; i++)
    _vlive_read_left_flight (self->readers->pdata[i]);
  for (guint i = 0; i < self->late->len; i++)
    _vlive_read_left_flight (self->late->pdata[i]);
  g_ptr_array_set_size (self->readers, 0);
  g_ptr_array_set_size (self->late, 0);
  self->store = NULL;
  flight_unref (self);
}
