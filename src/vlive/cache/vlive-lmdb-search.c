/* vlive-lmdb-search.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-job-private.h"

/* A record is looked for in the pages that were stored last, within a
 * transaction. */

static void
search_page (VliveSearch *search, VliveLmdbJob *job, VliveLmdbStep *step, GBytes *key)
{
  g_autoptr (VlivePage) page = NULL;
  VliveLmdbHeader header;
  VliveLmdbQuery query;

  if (!_vlive_lmdb_step_read_header (step, VLIVE_SPAN_BYTES (key), &header)
      || !_vlive_search_wants (search, &header.stamp, header.n_records))
    return;

  page = _vlive_lmdb_step_load_page (step, VLIVE_SPAN_BYTES (key), &header);
  if (page == NULL)
    return;

  _vlive_lmdb_step_read_query (step,
                               _vlive_lmdb_page_key_query (VLIVE_SPAN_BYTES (key)),
                               &query);
  _vlive_search_page (search, page, job->id, &step->space.state, &query.state);
}

static void
search_pages (VliveSearch *search, VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (step->txn, VLIVE_DB_AGES);
  guint64 generation = step->space.state.generation;
  VliveSpan age, page_key;
  gboolean more =
      _vlive_cursor_seek_before (cursor, VLIVE_SPAN (NULL, 0), &age, &page_key);

  for (guint i = 0; more && i < VLIVE_CACHE_SEARCH_STEPS; i++)
    {
      if (_vlive_lmdb_key_get_number (age, 1) == generation)
        {
          /* What is damaged may be deleted on the way. */
          g_autoptr (GBytes) key = g_bytes_new (page_key.data, page_key.size);

          search_page (search, job, step, key);
        }
      more = search->n_pages < VLIVE_CACHE_SEARCH_PAGES
             && _vlive_cursor_previous (cursor, &age, &page_key);
    }
}

gboolean
_vlive_lmdb_work_search_record (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (VliveSingle) single = { 0 };
  g_auto (VliveSearch) search = { 0 };
  VliveKnownRecord known;
  guint64 number;

  if (!_vlive_lmdb_step_open_space (step))
    return FALSE;

  job->news.base = step->space.serial;
  _vlive_lmdb_step_read_single (step, job->id, &single, &number);
  _vlive_search_init (&search, &single);
  search_pages (&search, job, step);
  _vlive_search_know (&search, &step->space.state,
                      _vlive_lmdb_step_find_entry (job->id, step), &known);
  _vlive_cached_record_set (&job->cached, &known);
  _vlive_lmdb_step_get_stamp (step, &job->cached.stamp);

  return TRUE;
}
