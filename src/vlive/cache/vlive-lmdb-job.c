/* vlive-lmdb-job.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "base/vlive-error.h"
#include "cache/vlive-lmdb-job-private.h"

typedef gboolean (*Work) (VliveLmdbJob *job, VliveLmdbStep *step);

static const struct
{
  Work work;
  gboolean writes;
} ops[] = {
  [VLIVE_LMDB_LOOKUP_PAGE] = { _vlive_lmdb_work_lookup_page, FALSE },
  [VLIVE_LMDB_STORE_PAGE] = { _vlive_lmdb_work_store_page, TRUE },
  [VLIVE_LMDB_RENEW_PAGE] = { _vlive_lmdb_work_renew_page, TRUE },
  [VLIVE_LMDB_LOOKUP_RECORD] = { _vlive_lmdb_work_lookup_record, FALSE },
  [VLIVE_LMDB_SEARCH_RECORD] = { _vlive_lmdb_work_search_record, FALSE },
  [VLIVE_LMDB_STORE_RECORD] = { _vlive_lmdb_work_store_record, TRUE },
  [VLIVE_LMDB_TOUCH_RECORD] = { _vlive_lmdb_work_touch_record, TRUE },
  [VLIVE_LMDB_PATCH] = { _vlive_lmdb_work_patch, TRUE },
  [VLIVE_LMDB_INVALIDATE] = { _vlive_lmdb_work_invalidate, TRUE },
  [VLIVE_LMDB_CLEAR] = { _vlive_lmdb_work_clear, TRUE },
  [VLIVE_LMDB_GET_STATISTICS] = { _vlive_lmdb_work_get_statistics, FALSE },
  [VLIVE_LMDB_STORE_SCHEMA] = { _vlive_lmdb_work_store_schema, TRUE },
  [VLIVE_LMDB_LOOKUP_SCHEMA] = { _vlive_lmdb_work_lookup_schema, FALSE },
};

VliveLmdbJob *
_vlive_lmdb_job_new (VliveLmdbOp op, const char *ns)
{
  VliveLmdbJob *self = g_new0 (VliveLmdbJob, 1);

  self->op = op;
  self->writing = ops[op].writes;
  self->ns = g_strdup (ns);
  if (ns != NULL)
    self->space_key = _vlive_lmdb_space_key (ns);

  return self;
}

gboolean
_vlive_lmdb_op_writes (VliveLmdbOp op)
{
  return ops[op].writes;
}

static void
clear_results (VliveLmdbJob *self)
{
  self->needs_write = FALSE;
  self->again = FALSE;
  self->wants_touch = FALSE;
  self->n_corrupt = 0;
  self->statistics = (VliveCacheStatistics){ 0 };
  g_clear_pointer (&self->shown, vlive_page_unref);
  g_clear_pointer (&self->answer, vlive_record_unref);
  g_clear_pointer (&self->doubted, g_array_unref);
  _vlive_cached_record_clear (&self->cached);
  self->cached = (VliveCachedRecord){ 0 };
  _vlive_lmdb_news_clear (&self->news);
  if (self->op == VLIVE_LMDB_LOOKUP_SCHEMA)
    g_clear_pointer (&self->schema, vlive_schema_unref);
}

static void
free_patches (VliveLmdbJob *self)
{
  for (gsize i = 0; i < self->n_patches; i++)
    {
      g_free ((char *) self->patches[i].id);
      g_clear_pointer (&self->patches[i].record, vlive_record_unref);
      g_strfreev ((char **) self->patches[i].fields);
    }
  g_free (self->patches);
}

void
_vlive_lmdb_job_free (VliveLmdbJob *self)
{
  clear_results (self);
  g_clear_object (&self->clock);
  g_free (self->path);
  g_free (self->ns);
  g_clear_pointer (&self->space_key, g_bytes_unref);
  g_clear_pointer (&self->query, vlive_query_unref);
  g_clear_pointer (&self->page, vlive_page_unref);
  g_free (self->validator);
  g_free (self->id);
  g_clear_pointer (&self->record, vlive_record_unref);
  free_patches (self);
  g_clear_pointer (&self->schema, vlive_schema_unref);
  g_free (self);
}

void
_vlive_lmdb_job_set_patches (VliveLmdbJob *self,
                             const VlivePatch *patches,
                             gsize n_patches)
{
  self->patches = g_memdup2 (patches, n_patches * sizeof *patches);
  self->n_patches = n_patches;
  for (gsize i = 0; i < n_patches; i++)
    {
      self->patches[i].id = g_strdup (patches[i].id);
      self->patches[i].fields =
          (const char *const *) g_strdupv ((char **) patches[i].fields);
      if (patches[i].record != NULL)
        vlive_record_ref (patches[i].record);
    }
}

/* What masked is damaged: what the step has found out counts for nothing, and
 * the namespace begins anew. */
static void
begin_anew (VliveLmdbJob *self, VliveLmdbStep *step)
{
  clear_results (self);
  _vlive_lmdb_step_reset_space (step);
  self->again = TRUE;
  step->broken = self->broken = FALSE;
  /* A change must not be lost; the rest is a miss, or is asked again. */
  if (self->op != VLIVE_LMDB_STORE_PAGE && self->op != VLIVE_LMDB_RENEW_PAGE
      && self->op != VLIVE_LMDB_STORE_RECORD)
    ops[self->op].work (self, step);
}

gboolean
_vlive_lmdb_job_run (VliveTxn *txn, gpointer job, GError **error)
{
  VliveLmdbJob *self = job;
  VliveLmdbStep step;
  gboolean done;

  clear_results (self);
  _vlive_lmdb_step_init (&step, txn, self->writing, self->clock, self->space_key,
                         self->path);
  done = ops[self->op].work (self, &step);
  if ((step.broken || self->broken) && step.writable)
    begin_anew (self, &step);
  if (done && !step.needs_write && self->space_key != NULL && !self->writing)
    self->broken = !_vlive_lmdb_news_read (&self->news, &step, self->known_generation,
                                           self->known_serial);
  self->needs_write = !self->writing && (!done || step.needs_write || self->broken);
  self->n_corrupt = step.n_corrupt;
  self->news.txn_id = _vlive_txn_get_id (txn);
  self->news.exact = !self->writing;
  _vlive_lmdb_news_take_space (&self->news, &step);
  if (self->writing)
    {
      self->statistics.used_bytes = _vlive_txn_used_bytes (txn);
      self->statistics.n_records = _vlive_txn_count (txn, VLIVE_DB_USES);
    }
  self->ran = TRUE;
  _vlive_lmdb_step_clear (&step);

  return TRUE;
}
