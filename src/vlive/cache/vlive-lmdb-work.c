/* vlive-lmdb-work.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-job-private.h"

/* Single records, changes, marks and the rest, within a transaction. */

static gboolean
open_space (VliveLmdbJob *job, VliveLmdbStep *step)
{
  if (!_vlive_lmdb_step_open_space (step))
    return FALSE;

  job->news.base = step->space.serial;

  return TRUE;
}

static gboolean
is_cold (VliveLmdbStep *step, guint64 use_number)
{
  return step->space.next - use_number > VLIVE_CACHE_MAX_RECORDS / 8;
}

gboolean
_vlive_lmdb_work_lookup_record (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (VliveSingle) single = { 0 };
  const VliveCacheEntry *entry;
  VliveKnownRecord known;
  guint64 number = 0;
  gboolean has_single;

  if (!open_space (job, step))
    return FALSE;

  has_single = _vlive_lmdb_step_read_single (step, job->id, &single, &number);
  entry = _vlive_lmdb_step_find_entry (job->id, step);
  _vlive_rules_know_record (&step->space.state, entry, has_single ? &single : NULL,
                            &known);
  _vlive_cached_record_set (&job->cached, &known);
  _vlive_lmdb_step_get_stamp (step, &job->cached.stamp);
  job->wants_touch = has_single && is_cold (step, number);

  return TRUE;
}

/* Used lately: the last to go. */
gboolean
_vlive_lmdb_work_touch_record (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (VliveSingle) single = { 0 };
  guint64 number;

  if (!open_space (job, step))
    return FALSE;
  if (!_vlive_lmdb_step_read_single (step, job->id, &single, &number))
    return TRUE;

  _vlive_lmdb_step_keep_single (step, job->id, &single);
  _vlive_lmdb_step_keep_space (step);

  return TRUE;
}

static void
borrow_entry (const VliveCacheEntry *found, VliveCacheEntry *entry)
{
  *entry = found != NULL ? *found : (VliveCacheEntry){ .kind = VLIVE_PATCH_UNKNOWN };
  if (entry->record != NULL)
    vlive_record_ref (entry->record);
}

static void
keep_taken (VliveLmdbJob *job,
            VliveLmdbStep *step,
            const VliveTaking *taking,
            const VliveCacheEntry *entry)
{
  VliveSingle single = { job->record, job->stamp, job->fetched_at, job->sequence };
  const char *ids[] = { job->id };

  if (taking->keep_entry)
    {
      _vlive_lmdb_step_keep_entry (step, job->id, entry);
      _vlive_lmdb_step_list_changes (step, ids, 1);
      _vlive_lmdb_news_add (&job->news, job->id, entry);
    }
  if (job->record != NULL)
    _vlive_lmdb_step_keep_single (step, job->id, &single);
  else
    {
      g_autoptr (GBytes) key =
          _vlive_lmdb_id_key (step->space.state.generation, job->id);

      _vlive_lmdb_step_delete_single (step, VLIVE_SPAN_BYTES (key));
    }
  _vlive_lmdb_step_keep_space (step);
}

gboolean
_vlive_lmdb_work_store_record (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (VliveSingle) single = { 0 };
  g_auto (VliveCacheEntry) entry = { 0 };
  VliveKnownRecord known;
  VliveTaking taking;
  gboolean has_single;
  guint64 number;

  if (!open_space (job, step))
    return FALSE;

  has_single = _vlive_lmdb_step_read_single (step, job->id, &single, &number);
  borrow_entry (_vlive_lmdb_step_find_entry (job->id, step), &entry);
  if (step->broken)
    return TRUE;

  _vlive_rules_take_record (&step->space.state, &entry, has_single ? &single : NULL,
                            job->record, &job->stamp, job->fetched_at, job->sequence,
                            step->space.state.latest_at, &taking);
  job->again = taking.verdict == VLIVE_VERDICT_AGAIN;
  if (taking.verdict == VLIVE_VERDICT_TAKE)
    keep_taken (job, step, &taking, &entry);
  known.record = job->record;
  if (taking.verdict == VLIVE_VERDICT_OLDER)
    _vlive_rules_know_record (&step->space.state, &entry, has_single ? &single : NULL,
                              &known);
  if (!job->again && known.record != NULL)
    job->answer = vlive_record_ref (known.record);

  return TRUE;
}

static void
patch_one (VliveLmdbJob *job, VliveLmdbStep *step, const VlivePatch *patch, guint index)
{
  g_auto (VliveCacheEntry) entry = { 0 };
  gboolean believed;

  borrow_entry (_vlive_lmdb_step_find_entry (patch->id, step), &entry);
  believed = _vlive_cache_entry_patch (&entry, patch, step->space.state.epoch,
                                       step->space.state.latest_at,
                                       _vlive_clock_get_real_us (step->clock));
  _vlive_space_mark_patch (&step->space.state, patch, believed);
  if (!believed)
    job->doubted = _vlive_cache_note_doubted (job->doubted, index);
  _vlive_lmdb_step_keep_entry (step, patch->id, &entry);
  _vlive_lmdb_news_add (&job->news, patch->id, &entry);
}

static gboolean
patch_all (VliveLmdbJob *job,
           VliveLmdbStep *step,
           const VlivePatch *patches,
           gsize n_patches)
{
  g_autofree const char **ids = g_new (const char *, MAX (n_patches, 1));

  if (!open_space (job, step))
    return FALSE;
  if (n_patches == 0)
    return TRUE;

  _vlive_space_raise (&step->space.state);
  for (guint i = 0; i < n_patches && !step->broken; i++)
    {
      patch_one (job, step, &patches[i], i);
      ids[i] = patches[i].id;
    }
  if (step->broken)
    return TRUE;

  _vlive_lmdb_step_list_changes (step, ids, n_patches);
  _vlive_lmdb_step_keep_space (step);

  return TRUE;
}

gboolean
_vlive_lmdb_work_patch (VliveLmdbJob *job, VliveLmdbStep *step)
{
  return patch_all (job, step, job->patches, job->n_patches);
}

static void
invalidate_query (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_autoptr (GBytes) key =
      _vlive_lmdb_query_key (step->space.state.generation, job->query);
  VliveLmdbQuery query;

  if (!_vlive_lmdb_step_read_query (step, VLIVE_SPAN_BYTES (key), &query))
    {
      /* No page of it is kept; answers that are under way are stale. */
      step->space.state.unlisted = step->space.state.epoch;
      return;
    }
  query.state.mark = step->space.state.epoch;
  _vlive_lmdb_step_keep_query (step, VLIVE_SPAN_BYTES (key), &query);
}

gboolean
_vlive_lmdb_work_invalidate (VliveLmdbJob *job, VliveLmdbStep *step)
{
  static const char *const no_fields[] = { NULL };
  VlivePatch patch = { .kind = VLIVE_PATCH_UNKNOWN,
                       .id = job->id,
                       .fields = no_fields };

  if (job->id != NULL)
    return patch_all (job, step, &patch, 1);
  if (!open_space (job, step))
    return FALSE;

  _vlive_space_raise (&step->space.state);
  if (job->query != NULL)
    invalidate_query (job, step);
  else
    step->space.state.everything = step->space.state.epoch;
  _vlive_lmdb_step_keep_space (step);

  return TRUE;
}

gboolean
_vlive_lmdb_work_store_schema (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_autoptr (GVariant) schema = NULL;
  g_autoptr (GVariant) variant = NULL;
  guint8 buffer[24];

  if (!open_space (job, step))
    return FALSE;

  schema = vlive_schema_to_variant (job->schema);
  variant = g_variant_ref_sink (g_variant_new_variant (schema));
  if (g_variant_get_size (variant) > VLIVE_LMDB_MAX_SCHEMA)
    return TRUE;
  _vlive_txn_put_sealed (step->txn, VLIVE_DB_SCHEMAS,
                         _vlive_lmdb_number_key (buffer, &step->space.state.generation,
                                                 1),
                         VLIVE_SPAN (g_variant_get_data (variant),
                                     g_variant_get_size (variant)));

  return TRUE;
}

gboolean
_vlive_lmdb_work_lookup_schema (VliveLmdbJob *job, VliveLmdbStep *step)
{
  guint8 buffer[24];
  VliveLmdbFound found;
  VliveSpan key, value;

  if (!open_space (job, step))
    return FALSE;

  key = _vlive_lmdb_number_key (buffer, &step->space.state.generation, 1);
  found = _vlive_lmdb_step_read (step, VLIVE_DB_SCHEMAS, key, &value);
  if (found == VLIVE_LMDB_FOUND)
    job->schema = _vlive_lmdb_schema_decode (value);
  if (found == VLIVE_LMDB_FOUND && job->schema == NULL)
    _vlive_lmdb_step_note_damage (step);
  if (found != VLIVE_LMDB_ABSENT && job->schema == NULL && step->writable)
    _vlive_txn_delete (step->txn, VLIVE_DB_SCHEMAS, key);

  return TRUE;
}

gboolean
_vlive_lmdb_work_clear (VliveLmdbJob *job, VliveLmdbStep *step)
{
  _vlive_lmdb_step_wipe (step);

  return TRUE;
}

gboolean
_vlive_lmdb_work_get_statistics (VliveLmdbJob *job, VliveLmdbStep *step)
{
  job->statistics.n_pages = _vlive_txn_count (step->txn, VLIVE_DB_PAGES);
  job->statistics.n_records = _vlive_txn_count (step->txn, VLIVE_DB_RECORDS);
  job->statistics.n_patches = _vlive_txn_count (step->txn, VLIVE_DB_ENTRIES);
  job->statistics.used_bytes = _vlive_txn_used_bytes (step->txn);

  return TRUE;
}
