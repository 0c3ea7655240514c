/* test-model.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

/*
 * Random schedules over a master of arrays: what is asked for is evaluated
 * some time later and lands, if at all, some time after that, in any order,
 * while writes are acknowledged, others change things with and without a word,
 * marks are raised, the cache is cleared, closed and opened, and time passes.
 * Every value is the number of the change that made it, so that older can be
 * told from newer. On disk two objects share the folder, as two processes do.
 */

#define N_IDS 12
#define N_ASKED 24
#define N_PLACES 4
/* Suite slow: -m slow. */
#define N_STEPS (g_test_slow () ? 120000u : 6000u)
#define NONE G_MAXUINT

typedef struct
{
  guint64 offset;
  guint limit;
} Place;

static const Place places[N_PLACES] = { { 0, 3 }, { 3, 3 }, { 0, 100 }, { 0, 0 } };

typedef struct
{
  gboolean is_there;
  gint64 value; /* number of the change that made it so */
} Row;

typedef struct
{
  gboolean used;
  VliveStamp stamp;
  guint query; /* 0: all, 1: sorted by x */
  guint place;
  guint id; /* NONE: a page */
  gboolean evaluated;
  char *rows; /* owned; as evaluated */
  gint64 total;
  Row row;
} Asked;

typedef struct
{
  CacheFixture *fx[2];
  guint n_fx;
  VliveQuery *queries[2];
  Row rows[N_IDS];
  gint64 n_changes;
  /* The last change of each record that was acknowledged. */
  Row acknowledged[N_IDS];
  gboolean told_by_others[N_IDS]; /* was it deleted by others, ever? */
  Asked asked[N_ASKED];
  VliveStamp last[2][N_PLACES]; /* of what was shown there last */
  guint64 marks[2];             /* what is asked at a lower epoch is stale */
  VliveStamp total_stamp[2];
  gint64 totals[2];
} Model;

static guint
choose (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint32) n);
}

static CacheFixture *
any (Model *model)
{
  return model->fx[choose (model->n_fx)];
}

static char *
dup_id (guint i)
{
  return g_strdup_printf ("%u", i * 7 % N_IDS);
}

static guint
find_id (const char *id)
{
  for (guint i = 0; i < N_IDS; i++)
    {
      g_autofree char *other = dup_id (i);

      if (strcmp (id, other) == 0)
        return i;
    }

  g_assert_not_reached ();
}

static int
compare_values (gconstpointer a, gconstpointer b, gpointer data)
{
  Model *model = data;
  gint64 x = model->rows[*(const guint *) a].value;
  gint64 y = model->rows[*(const guint *) b].value;

  return x < y ? -1 : x > y;
}

/* What the master answers now. */
static void
evaluate (Model *model, Asked *asked)
{
  const Place *place = &places[asked->place];
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GString) rows = g_string_new (NULL);

  asked->evaluated = TRUE;
  if (asked->id != NONE)
    {
      asked->row = model->rows[asked->id];
      return;
    }

  for (guint i = 0; i < N_IDS; i++)
    if (model->rows[i].is_there)
      g_array_append_val (order, i);
  if (asked->query == 1)
    g_array_sort_with_data (order, compare_values, model);
  asked->total = order->len;
  for (guint i = (guint) place->offset;
       i < order->len && (place->limit == 0 || i < place->offset + place->limit); i++)
    {
      guint row = g_array_index (order, guint, i);
      g_autofree char *id = dup_id (row);

      g_string_append_printf (rows, "%s%s:%" G_GINT64_FORMAT, rows->len > 0 ? " " : "",
                              id, model->rows[row].value);
    }
  asked->rows = g_string_free (g_steal_pointer (&rows), FALSE);
}

static void
assert_not_older (Model *model, VliveRecord *record)
{
  guint i = find_id (vlive_record_get_id (record));
  gint64 value;

  g_assert_true (vlive_record_get_integer (record, "x", &value));
  g_assert_cmpint (value, >=, model->acknowledged[i].value);
}

/* Whatever is shown, from wherever it comes. */
static void
check_page (Model *model, guint query, guint place, VlivePage *page)
{
  VliveStamp *last = &model->last[query][place];
  guint64 total;

  if (page == NULL)
    return;

  for (guint i = 0; i < page->n_records; i++)
    assert_not_older (model, page->records[i]);
  if (last->generation == page->stamp.generation)
    g_assert_cmpint (_vlive_stamp_compare (&page->stamp, last), >=, 0);
  *last = page->stamp;
  if (!vlive_page_is_stale (page))
    g_assert_cmpuint (page->stamp.epoch, >=, model->marks[query]);
  if (vlive_page_get_validator (page) != NULL)
    {
      g_autoptr (VlivePage) bare = _vlive_page_copy (page);
      g_autofree char *text = NULL;

      /* It names the rows that it stands for. */
      bare->total_kind = VLIVE_TOTAL_UNKNOWN;
      bare->stale = FALSE;
      _vlive_page_set_validator (bare, NULL);
      text = page_to_text (bare);
      g_assert_cmpstr (text, ==, vlive_page_get_validator (page));
    }
  if (model->total_stamp[query].generation == page->stamp.generation)
    {
      g_assert_cmpint (vlive_page_get_total (page, &total), ==, VLIVE_TOTAL_EXACT);
      g_assert_cmpint ((gint64) total, ==, model->totals[query]);
    }
}

static VlivePage *
make_answer (Asked *asked)
{
  const Place *place = &places[asked->place];
  VlivePage *page;

  if (asked->rows[0] != '\0')
    page =
        make_page (place->offset, place->limit, asked->rows, asked->total, asked->rows);
  else
    page = vlive_page_new (place->offset, place->limit, NULL, 0, VLIVE_TOTAL_EXACT,
                           (guint64) asked->total);

  return page;
}

/* The total is that of the last-asked answer that was believed. */
static void
note_total (Model *model, Asked *asked, VlivePage *shown)
{
  VliveStamp *last = &model->total_stamp[asked->query];

  /* The null cache may believe a total and have nothing newer to show. */
  if (shown == NULL || !model->fx[0]->keeps)
    return;
  if (last->generation == asked->stamp.generation
      && _vlive_stamp_compare (&asked->stamp, last) < 0)
    return;

  *last = asked->stamp;
  model->totals[asked->query] = asked->total;
}

static void
land_page (Model *model, Asked *asked)
{
  CacheFixture *fx = any (model);
  g_autoptr (VlivePage) shown = NULL;

  shown =
      store (fx, "t", model->queries[asked->query], make_answer (asked), &asked->stamp);
  note_total (model, asked, shown);
  check_page (model, asked->query, asked->place, shown);
}

static void
land_renewal (Model *model, Asked *asked)
{
  const Place *place = &places[asked->place];
  CacheFixture *fx = any (model);
  g_autoptr (VlivePage) shown = NULL;

  if (asked->rows[0] == '\0')
    return;
  shown = renew (fx, "t", model->queries[asked->query], place->offset, place->limit,
                 asked->rows, asked->total, &asked->stamp);
  note_total (model, asked, shown);
  check_page (model, asked->query, asked->place, shown);
}

static void
land_record (Model *model, Asked *asked)
{
  g_autofree char *id = dup_id (asked->id);
  g_autoptr (VliveRecord) record =
      asked->row.is_there ? make_record (id, asked->row.value) : NULL;
  g_autoptr (VliveRecord) shown = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  CacheFixture *fx = any (model);
  gboolean again;

  _vlive_cache_store_record_async (fx->cache, "t", id, record, &asked->stamp, 0, 0,
                                   NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (
      _vlive_cache_store_record_finish (fx->cache, result, &shown, &again, NULL));
  if (shown != NULL)
    assert_not_older (model, shown);
  else if (!again && model->acknowledged[asked->id].is_there)
    g_assert_true (model->told_by_others[asked->id]);
}

static void
step_ask (Model *model)
{
  Asked *asked = &model->asked[choose (N_ASKED)];
  CacheFixture *fx = any (model);

  if (asked->used)
    return;

  *asked = (Asked){ .used = TRUE };
  asked->query = choose (2);
  asked->place = choose (N_PLACES);
  asked->id = choose (4) == 0 ? choose (N_IDS) : NONE;
  asked->stamp = ask (fx, "t");
}

static void
step_land (Model *model)
{
  Asked *asked = &model->asked[choose (N_ASKED)];

  if (!asked->used)
    return;
  if (!asked->evaluated)
    {
      evaluate (model, asked);
      return;
    }

  if (asked->id != NONE)
    land_record (model, asked);
  else if (choose (4) == 0)
    land_renewal (model, asked);
  else if (choose (8) != 0)
    land_page (model, asked);
  g_free (asked->rows);
  asked->used = FALSE;
}

/* The marks that a patch raises, by the epoch it raised. */
static void
note_marks (Model *model, CacheFixture *fx, gboolean all, gboolean sorted)
{
  guint64 epoch = ask (fx, "t").epoch;

  if (all)
    model->marks[0] = epoch;
  if (all || sorted)
    model->marks[1] = epoch;
}

static gboolean
change (Model *model, guint i)
{
  gboolean was_there = model->rows[i].is_there;

  model->rows[i].is_there = !was_there || choose (3) != 0;
  model->rows[i].value = ++model->n_changes;

  return was_there != model->rows[i].is_there;
}

static void
fill_patch (Model *model, guint i, gboolean membership, VlivePatch *one)
{
  static const char *const fields[] = { "x", NULL };

  *one = (VlivePatch){ .kind = VLIVE_PATCH_TOMBSTONE,
                       .fields = fields,
                       .membership = membership };
  if (model->rows[i].is_there)
    {
      g_autofree char *id = dup_id (i);

      one->kind = VLIVE_PATCH_RECORD;
      one->record = make_record (id, model->rows[i].value);
    }
}

/* A write of ours: from its acknowledgement on nothing older is shown. */
static void
step_write (Model *model)
{
  guint i = choose (N_IDS);
  g_autofree char *id = dup_id (i);
  gboolean membership = change (model, i);
  CacheFixture *fx = any (model);
  VlivePatch one;

  fill_patch (model, i, membership, &one);
  one.id = id;
  one.confirmed = TRUE;
  patch_all (fx, "t", &one, 1);
  g_clear_pointer (&one.record, vlive_record_unref);
  model->acknowledged[i] = model->rows[i];
  note_marks (model, fx, membership, TRUE);
}

/* Others change something; perhaps an event tells, perhaps with the record,
 * perhaps late: then the record has gone on. */
static void
step_others (Model *model)
{
  guint i = choose (N_IDS);
  g_autofree char *id = dup_id (i);
  gboolean membership = change (model, i);
  CacheFixture *fx = any (model);
  VlivePatch one;

  model->told_by_others[i] |= !model->rows[i].is_there;
  if (choose (2) == 0)
    return;

  fill_patch (model, i, membership, &one);
  one.id = id;
  if (choose (2) == 0)
    {
      g_clear_pointer (&one.record, vlive_record_unref);
      one.kind = VLIVE_PATCH_UNKNOWN;
      one.fields = NULL;
    }
  patch_all (fx, "t", &one, 1);
  if (one.kind != VLIVE_PATCH_UNKNOWN)
    model->acknowledged[i] = model->rows[i];
  g_clear_pointer (&one.record, vlive_record_unref);
  note_marks (model, fx, membership, TRUE);
}

static void
step_look (Model *model)
{
  guint query = choose (2);
  guint place = choose (N_PLACES);
  CacheFixture *fx = any (model);
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp;

  fx->slow = choose (2) == 0;
  page = lookup (fx, "t", model->queries[query], places[place].offset,
                 places[place].limit, &stamp);
  fx->slow = FALSE;
  check_page (model, query, place, page);
}

static void
step_get (Model *model)
{
  guint i = choose (N_IDS);
  g_autofree char *id = dup_id (i);
  g_auto (VliveCachedRecord) entry = { 0 };

  get_entry (any (model), "t", id, &entry);
  if (entry.record != NULL)
    assert_not_older (model, entry.record);
  else if (entry.found && model->acknowledged[i].is_there)
    g_assert_true (model->told_by_others[i]);
}

static void
step_invalidate (Model *model)
{
  guint query = choose (3);
  CacheFixture *fx = any (model);

  invalidate (fx, "t", query < 2 ? model->queries[query] : NULL, NULL);
  note_marks (model, fx, query == 2, FALSE);
  if (query < 2)
    model->marks[query] = ask (fx, "t").epoch;
}

static void
step_rare (Model *model)
{
  CacheFixture *fx = any (model);

  switch (choose (12))
    {
    case 0:
      clear (fx);
      break;
    case 1:
      if (strcmp (fx->kind, "lmdb") == 0)
        cache_fixture_reopen (fx);
      break;
    case 2:
      cache_fixture_pass (fx, 500 * (gint64) G_USEC_PER_SEC);
      break;
    default:
      cache_fixture_pass (fx, choose (30) * (gint64) G_USEC_PER_SEC);
    }
}

static void
step (Model *model)
{
  guint dice = choose (100);

  if (dice < 25)
    step_ask (model);
  else if (dice < 55)
    step_land (model);
  else if (dice < 65)
    step_write (model);
  else if (dice < 70)
    step_others (model);
  else if (dice < 85)
    step_look (model);
  else if (dice < 93)
    step_get (model);
  else if (dice < 96)
    step_invalidate (model);
  else
    step_rare (model);
}

static void
test_model (CacheFixture *fx, gconstpointer kind)
{
  CacheFixture other = *fx;
  Model model = { .fx = { fx, &other }, .n_fx = 1 };

  if (strcmp (fx->kind, "lmdb") == 0)
    {
      model.n_fx = 2;
      other.cache = vlive_lmdb_cache_new (fx->folder);
      _vlive_cache_set_clock (other.cache, fx->clock);
    }
  model.queries[0] = vlive_query_new ();
  model.queries[1] = make_query (NULL, NULL, "x");
  for (guint i = 0; i < N_IDS; i++)
    model.rows[i] = (Row){ TRUE, ++model.n_changes };
  for (guint i = 0; i < N_STEPS; i++)
    step (&model);
  for (guint i = 0; i < N_ASKED; i++)
    g_free (model.asked[i].used ? model.asked[i].rows : NULL);
  if (model.n_fx == 2)
    g_assert_finalize_object (other.cache);
  for (guint i = 0; i < G_N_ELEMENTS (model.queries); i++)
    vlive_query_unref (model.queries[i]);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  cache_fixture_add ("model/1", test_model);
  cache_fixture_add ("model/2", test_model);
  cache_fixture_add ("model/3", test_model);

  return vlive_test_run ();
}
