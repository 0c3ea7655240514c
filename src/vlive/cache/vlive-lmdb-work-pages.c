/* vlive-lmdb-work-pages.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache/vlive-lmdb-job-private.h"

/* Looking up, storing and renewing a page, within a transaction. */

typedef struct
{
  GBytes *query_key; /* owned */
  GBytes *page_key;  /* owned */
  VliveLmdbQuery query;
  gboolean has_query;
  VliveLmdbHeader header; /* borrows until something is written */
  gboolean has_header;
  VliveView view;
} Place;

static void
place_clear (Place *place)
{
  g_clear_pointer (&place->query_key, g_bytes_unref);
  g_clear_pointer (&place->page_key, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* FALSE: only a writing step can. */
static gboolean
find_place (Place *place, VliveLmdbJob *job, VliveLmdbStep *step)
{
  if (!_vlive_lmdb_step_open_space (step))
    return FALSE;

  job->news.base = step->space.serial;
  place->query_key = _vlive_lmdb_query_key (step->space.state.generation, job->query);
  place->page_key = _vlive_lmdb_page_key (place->query_key, job->offset, job->limit);
  place->has_query =
      _vlive_lmdb_step_read_query (step, VLIVE_SPAN_BYTES (place->query_key),
                                   &place->query);
  place->has_header =
      _vlive_lmdb_step_read_header (step, VLIVE_SPAN_BYTES (place->page_key),
                                    &place->header);

  return TRUE;
}

static const VliveView *
set_view (Place *place, VliveLmdbJob *job, VliveLmdbStep *step)
{
  place->view = (VliveView){
    .space = &step->space.state,
    .state = &place->query.state,
    .query = job->query,
    .mark = _vlive_query_state_get_mark (&place->query.state, &step->space.state,
                                         job->query),
    .lookup = step->space.n_entries > 0 ? _vlive_lmdb_step_find_entry : NULL,
    .data = step,
  };

  return &place->view;
}

static VlivePage *
load_raw (Place *place, VliveLmdbStep *step)
{
  g_autoptr (VlivePage) raw = NULL;

  if (!place->has_header)
    return NULL;

  raw = _vlive_lmdb_step_load_page (step, VLIVE_SPAN_BYTES (place->page_key),
                                    &place->header);
  place->has_header = raw != NULL;

  return g_steal_pointer (&raw);
}

static VlivePage *
show (const VliveView *view, VlivePage *raw)
{
  g_autoptr (VlivePage) page = raw;

  return page != NULL && _vlive_view_show (view, page) ? g_steal_pointer (&page) : NULL;
}

gboolean
_vlive_lmdb_work_lookup_page (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (Place) place = { 0 };

  if (!find_place (&place, job, step))
    return FALSE;

  job->shown = show (set_view (&place, job, step), load_raw (&place, step));
  _vlive_lmdb_step_get_stamp (step, &job->stamp);

  return TRUE;
}

static VlivePage *
make_raw (VlivePage *answer)
{
  VlivePage *raw = _vlive_page_copy (answer);

  raw->stale = FALSE;
  raw->patched = FALSE;

  return raw;
}

static void
keep_query_and_space (Place *place, VliveLmdbStep *step)
{
  _vlive_lmdb_step_keep_query (step, VLIVE_SPAN_BYTES (place->query_key),
                               &place->query);
  _vlive_lmdb_step_keep_space (step);
}

/* Something asked for later is there, or says that there is nothing. */
static void
show_newer (Place *place,
            VliveLmdbJob *job,
            VliveLmdbStep *step,
            gboolean total_changed)
{
  const VliveView *view = set_view (place, job, step);

  if (_vlive_query_state_is_beyond (&place->query.state, &job->page->stamp,
                                    job->offset))
    job->shown = _vlive_view_make_empty (view, job->page);
  else
    job->shown = show (view, load_raw (place, step));
  if (total_changed)
    keep_query_and_space (place, step);
}

static void
store_newest (Place *place, VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_autoptr (VlivePage) raw = make_raw (job->page);
  VliveSpan key = VLIVE_SPAN_BYTES (place->page_key);

  job->shown = show (set_view (place, job, step), make_raw (job->page));
  if (step->broken)
    return;
  if (job->shown != NULL)
    _vlive_lmdb_step_save_page (step, key, place->has_header ? &place->header : NULL,
                                raw, &place->query);
  else
    {
      job->shown = _vlive_view_make_empty (&place->view, job->page);
      if (place->has_header)
        {
          _vlive_lmdb_step_delete_page (step, key, &place->header);
          place->query.n_pages -= place->query.n_pages > 0;
        }
    }
  keep_query_and_space (place, step);
}

gboolean
_vlive_lmdb_work_store_page (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (Place) place = { 0 };
  VlivePage *answer = job->page;
  gboolean total_changed;

  if (!find_place (&place, job, step))
    return FALSE;
  if (_vlive_rules_admit (&step->space.state, &answer->stamp, NULL)
      != VLIVE_VERDICT_TAKE)
    {
      job->again = TRUE;
      return TRUE;
    }

  total_changed = _vlive_query_state_take_total (&place.query.state, &answer->stamp,
                                                 answer->total_kind, answer->total);
  if (place.has_header
      && _vlive_rules_admit (&step->space.state, &answer->stamp, &place.header.stamp)
             == VLIVE_VERDICT_OLDER)
    show_newer (&place, job, step, total_changed);
  else
    store_newest (&place, job, step);

  return TRUE;
}

/* Only the header is written anew. */
static void
keep_renewed (Place *place, VliveLmdbStep *step, VlivePage *raw)
{
  g_autoptr (GByteArray) texts = g_byte_array_new ();
  guint n_records = place->header.n_records;

  _vlive_lmdb_header_set_page (&place->header, raw, texts);
  place->header.n_records = n_records;
  place->header.renewed = _vlive_txn_get_id (step->txn);
  _vlive_lmdb_step_keep_header (step, VLIVE_SPAN_BYTES (place->page_key),
                                &place->header);
  keep_query_and_space (place, step);
}

gboolean
_vlive_lmdb_work_renew_page (VliveLmdbJob *job, VliveLmdbStep *step)
{
  g_auto (Place) place = { 0 };
  g_autoptr (VlivePage) raw = NULL;
  gboolean space_changed = FALSE;
  VliveVerdict verdict;

  if (!find_place (&place, job, step))
    return FALSE;

  job->again = TRUE;
  raw = load_raw (&place, step);
  if (raw == NULL)
    return TRUE;

  verdict = _vlive_view_renew (set_view (&place, job, step), &step->space.state,
                               &place.query.state, raw, job->validator, job->page,
                               &space_changed);
  if (verdict == VLIVE_VERDICT_AGAIN || step->broken)
    {
      if (space_changed)
        _vlive_lmdb_step_keep_space (step);
      return TRUE;
    }

  if (verdict == VLIVE_VERDICT_TAKE)
    keep_renewed (&place, step, raw);
  job->shown = show (set_view (&place, job, step), g_steal_pointer (&raw));
  job->again = job->shown == NULL;

  return TRUE;
}
