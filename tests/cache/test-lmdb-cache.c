/* test-lmdb-cache.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/vlive-lmdb-codec-private.h"

/* What only the cache on disk does. */

static void
test_restart (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  assert_stored (fx, "t", all, make_page (0, 3, "10:1 9:1 2:1", 9, "v1"), &before,
                 "10:1 9:1 2:1 /9 v1");
  assert_stored (fx, "t", all, make_page (3, 3, "7:1 8:1 1:1", 9, "v2"), &before,
                 "7:1 8:1 1:1 /9 v2");
  assert_stored (fx, "t", sorted, make_page (0, 3, "2:1", 1, "v3"), &before,
                 "2:1 /1 v3");
  cache_fixture_reopen (fx);
  assert_page (fx, "t", all, 0, 3, "10:1 9:1 2:1 /9 v1");
  assert_page (fx, "t", all, 3, 3, "7:1 8:1 1:1 /9 v2");

  /* What is newer than pages, marks, single records and stamps. */
  patch (fx, "t", "9", 5, TRUE);
  assert_store_get (fx, "t", "single", 6, &before, "single:6");
  cache_fixture_reopen (fx);
  assert_page (fx, "t", all, 0, 3, "10:1 9:5 2:1 /9 patched");
  assert_page (fx, "t", sorted, 0, 3, "2:1 /1 v3 stale");
  assert_get (fx, "t", "single", "single:6");
  assert_get (fx, "t", "9", "9:5");
  assert_stored (fx, "t", all, make_page (3, 3, "9:1", 9, "v4"), &before,
                 "9:5 /9 patched");
  after = ask (fx, "t");
  g_assert_cmpuint (after.generation, ==, before.generation);
  g_assert_cmpuint (after.epoch, >, before.epoch);
  assert_stored (fx, "t", all, make_page (0, 3, "10:2 9:6 2:2", 9, "v5"), &after,
                 "10:2 9:6 2:2 /9 v5");
  cache_fixture_reopen (fx);
  assert_stored (fx, "t", all, make_page (0, 3, "10:1 9:1 2:1", 9, "v1"), &before,
                 "10:2 9:6 2:2 /9 v5");
}

/* What a "not modified" without a total tells of the master is remembered. */
static void
test_restart_silent_master (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp first = ask (fx, "t");
  VliveStamp second;

  assert_stored (fx, "t", all, make_page (0, 2, "a:1 b:1", 4, "v0"), &first,
                 "a:1 b:1 /4 v0");
  second = ask (fx, "t");
  assert_renewed (fx, "t", all, 0, 2, "v0", -1, &second, "miss");
  cache_fixture_reopen (fx);
  assert_page (fx, "t", all, 0, 2, "a:1 b:1 /4");
}

/* Two objects on one folder share the file and see each other's changes. */
static void
test_two_objects (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  CacheFixture other = *fx;
  VliveStamp stamp = ask (fx, "t");

  other.cache = vlive_lmdb_cache_new (fx->folder);
  _vlive_cache_set_clock (other.cache, fx->clock);
  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1", 2, NULL), &stamp,
                 "a:1 b:1 /2");
  for (int i = 2; i < 100; i++)
    {
      g_autofree char *first =
          g_strdup_printf ("a:%d b:%d /2 patched", i, i == 2 ? 1 : i - 1);
      g_autofree char *second = g_strdup_printf ("a:%d b:%d /2 patched", i, i);

      patch (fx, "t", "a", i, TRUE);
      assert_page (&other, "t", all, 0, 3, first);
      patch (&other, "t", "b", i, TRUE);
      assert_page (fx, "t", all, 0, 3, second);
      assert_page (&other, "t", all, 0, 3, second);
    }
  g_assert_finalize_object (other.cache);
}

/* Once found, a page is read without waiting, until something changes that it
 * depends on; then never as it was. */
static void
test_inline (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  CacheFixture other = *fx;
  VliveStamp stamp = ask (fx, "t");
  VlivePage *page = NULL;

  other.cache = vlive_lmdb_cache_new (fx->folder);
  _vlive_cache_set_clock (other.cache, fx->clock);
  g_assert_false (
      _vlive_cache_try_lookup_page (fx->cache, "u", all, 0, 3, &page, &stamp));
  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  assert_page (fx, "t", all, 0, 3, "a:1 b:1 /2 v");
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (VlivePage) found = NULL;
      g_autofree char *text = NULL;

      g_assert_true (
          _vlive_cache_try_lookup_page (fx->cache, "t", all, 0, 3, &found, &stamp));
      text = page_to_text (found);
      g_assert_cmpstr (text, ==, "a:1 b:1 /2 v");
    }

  /* Something of another namespace changes nothing. */
  patch (&other, "elsewhere", "a", 2, TRUE);
  g_assert_true (
      _vlive_cache_try_lookup_page (fx->cache, "t", all, 0, 3, &page, &stamp));
  g_clear_pointer (&page, vlive_page_unref);

  patch (&other, "t", "a", 2, TRUE);
  g_assert_false (
      _vlive_cache_try_lookup_page (fx->cache, "t", all, 0, 3, &page, &stamp));
  assert_page (fx, "t", all, 0, 3, "a:2 b:1 /2 patched");
  g_assert_true (
      _vlive_cache_try_lookup_page (fx->cache, "t", all, 0, 3, &page, &stamp));
  g_clear_pointer (&page, vlive_page_unref);

  /* A change of our own is known at once. */
  patch (fx, "t", "a", 3, TRUE);
  g_assert_true (
      _vlive_cache_try_lookup_page (fx->cache, "t", all, 0, 3, &page, &stamp));
  {
    g_autofree char *text = page_to_text (page);

    g_assert_cmpstr (text, ==, "a:3 b:1 /2 patched");
  }
  g_clear_pointer (&page, vlive_page_unref);

  /* A mark alone. */
  invalidate (&other, "t", NULL, NULL);
  assert_page (fx, "t", all, 0, 3, "a:3 b:1 /2 stale patched");

  /* A page stored by another; its total. */
  stamp = ask (&other, "t");
  assert_stored (&other, "t", all, make_page (0, 3, "a:4 b:4", 5, "w"), &stamp,
                 "a:4 b:4 /5 w");
  assert_page (fx, "t", all, 0, 3, "a:4 b:4 /5 w");
  g_assert_finalize_object (other.cache);
}

/* A miss is known without waiting too. */
static void
test_inline_miss (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VlivePage *page = NULL;
  VliveStamp stamp;

  assert_page (fx, "t", all, 0, 3, "miss");
  assert_page (fx, "t", all, 0, 3, "miss");
  g_assert_true (
      _vlive_cache_try_lookup_page (fx->cache, "t", all, 0, 3, &page, &stamp));
  g_assert_null (page);
  g_assert_cmpuint (stamp.generation, !=, 0);
  assert_stored (fx, "t", all, make_page (0, 3, "a:1", 1, NULL), &stamp, "a:1 /1");
  assert_page (fx, "t", all, 0, 3, "a:1 /1");
}

/* Nothing of what is done inline waits or faults. */
static void
test_stalls (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");
  VliveMeterReading reading;

  for (guint i = 0; i < 20; i++)
    assert_stored (fx, "t", all, make_page (i * 3, 3, "a:1 b:1 c:1", 60, NULL), &stamp,
                   "a:1 b:1 c:1 /60");
  if (!_vlive_meter_start ())
    return;
  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (VlivePage) page = NULL;

      VLIVE_METER_SPAN ("test");

      _vlive_cache_try_lookup_page (fx->cache, "t", all, (i % 20) * 3, 3, &page,
                                    &stamp);
    }
  _vlive_meter_stop (&reading);
  g_assert_cmpuint (reading.n_spans, ==, 1000);
  g_assert_cmpuint (reading.major_faults, ==, 0);
}

typedef struct
{
  guint database;
  gboolean junk; /* with a right checksum */
  guint n;
} Damage;

static gboolean
damage_job (VliveTxn *txn, gpointer data, GError **error)
{
  Damage *damage = data;
  g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, damage->database);
  g_autoptr (GPtrArray) keys =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  VliveSpan key, value;

  damage->n = 0;
  while (_vlive_cursor_next (cursor, &key, &value))
    g_ptr_array_add (keys, g_bytes_new (key.data, key.size));
  for (guint i = 0; i < keys->len; i++)
    {
      VliveSpan of = VLIVE_SPAN_BYTES (keys->pdata[i]);

      g_assert_true (_vlive_txn_get (txn, damage->database, of, &value));
      if (damage->junk)
        _vlive_txn_put_sealed (txn, damage->database, of, VLIVE_SPAN ("junk!", 5));
      else
        {
          g_autofree guint8 *copy = g_memdup2 (value.data, value.size);

          copy[value.size - 1] ^= 0x40;
          _vlive_txn_put (txn, damage->database, of, VLIVE_SPAN (copy, value.size));
        }
      damage->n++;
    }

  return TRUE;
}

static gboolean
count_job (VliveTxn *txn, gpointer data, GError **error)
{
  guint64 *counts = data;

  for (guint i = 0; i < VLIVE_N_LMDB_DBS; i++)
    counts[i] = _vlive_txn_count (txn, i);

  return TRUE;
}

/* What is in the file while nobody else has it. */
static void
run_in_file (CacheFixture *fx, VliveTxnFunc func, gpointer data)
{
  const VliveStorageOptions options = {
    .kind = VLIVE_STORAGE_DISPOSABLE,
    .magic = VLIVE_LMDB_MAGIC,
    .version = VLIVE_LMDB_VERSION,
    .databases = _vlive_lmdb_databases,
  };
  g_autofree char *path = g_build_filename (fx->folder, "cache.mdb", NULL);
  g_autoptr (VliveStorage) storage = _vlive_storage_open (path, &options);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_storage_write_async (storage, func, data, NULL, NULL, vlive_test_result_cb,
                              &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_true (_vlive_storage_finish (result, NULL, &error));
  g_assert_no_error (error);
}

/* Damaged between the storing and the first look, which finds it in memory. */
static void
test_damaged_before_inline (CacheFixture *fx, gconstpointer kind)
{
  Damage damage = { .database = VLIVE_DB_LEAVES };
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  run_in_file (fx, damage_job, &damage);
  g_assert_cmpuint (damage.n, ==, 1);
  vlive_test_expect ("A value in * was left out");
  assert_page (fx, "t", all, 0, 3, "miss");
  vlive_test_assert_expected ();
  g_assert_cmpuint (get_statistics (fx).n_corrupt, >, 0);
  g_assert_cmpuint (get_statistics (fx).n_pages, ==, 0);
}

static void
fill_for_damage (CacheFixture *fx)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveColumn *column =
      vlive_column_new ("id", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  g_autoptr (VliveSchema) schema = vlive_schema_new (&column, 1, TRUE);
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 3, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  assert_store_get (fx, "t", "single", 1, &stamp, "single:1");
  invalidate (fx, "t", all, NULL);
  patch (fx, "t", "a", 2, TRUE);
  _vlive_cache_store_schema (fx->cache, "t", schema);
  patch (fx, "t", "b", 3, TRUE);
  vlive_column_unref (column);
}

static gboolean
has_schema (CacheFixture *fx)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveSchema) schema = NULL;
  g_autoptr (GError) error = NULL;

  _vlive_cache_lookup_schema_async (fx->cache, "t", NULL, vlive_test_result_cb,
                                    &result);
  VLIVE_TEST_WAIT (result != NULL);
  schema = _vlive_cache_lookup_schema_finish (fx->cache, result, &error);
  g_assert_no_error (error);

  return schema != NULL;
}

/* The page as it was, stale or not, or a miss; never a row as it was before
 * what masks it. */
static void
assert_nothing_wrong (CacheFixture *fx)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp;
  g_autoptr (VlivePage) page = lookup (fx, "t", all, 0, 3, &stamp);
  g_autofree char *text = page_to_text (page);
  g_autofree char *single = get (fx, "t", "single");
  g_autofree char *patched = get (fx, "t", "a");

  g_assert_true (g_str_equal (text, "miss")
                 || g_str_equal (text, "a:2 b:3 /2 stale patched")
                 || g_str_equal (text, "a:2 b:3 stale patched"));
  g_assert_true (g_str_equal (single, "miss") || g_str_equal (single, "single:1"));
  g_assert_true (g_str_equal (patched, "miss") || g_str_equal (patched, "a:2"));
  has_schema (fx);
}

static void
assert_works (CacheFixture *fx)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");

  assert_stored (fx, "t", all, make_page (0, 3, "a:7 b:7", 2, "w"), &stamp,
                 "a:7 b:7 /2 w");
  assert_page (fx, "t", all, 0, 3, "a:7 b:7 /2 w");
  patch (fx, "t", "a", 8, TRUE);
  assert_page (fx, "t", all, 0, 3, "a:8 b:7 /2 patched");
  assert_store_get (fx, "t", "single", 9, &stamp, "single:9");
  assert_get (fx, "t", "single", "single:9");
  cache_fixture_reopen (fx);
  assert_page (fx, "t", all, 0, 3, "a:8 b:7 /2 patched");
  assert_get (fx, "t", "single", "single:9");
}

/* Whether the reads below come by a value of it. */
static gboolean
is_read (guint database)
{
  switch (database)
    {
    case VLIVE_DB_GENERATIONS:
    case VLIVE_DB_CHANGES:
    case VLIVE_DB_AGES:
    case VLIVE_DB_USES:
    case VLIVE_DB_META:
      return FALSE;
    default:
      return TRUE;
    }
}

/* Every value of one database after another: at most one warning, no wrong
 * row, and all is well again after a store. */
static void
test_damaged (CacheFixture *fx, gconstpointer kind)
{
  for (guint i = 0; i < VLIVE_N_LMDB_DBS * 2; i++)
    {
      Damage damage = { .database = i / 2, .junk = i % 2 == 1 };

      g_free (fx->folder);
      fx->folder = vlive_test_dup_folder ();
      cache_fixture_reopen (fx);
      fill_for_damage (fx);
      g_assert_finalize_object (fx->cache);
      run_in_file (fx, damage_job, &damage);
      if (is_read (damage.database))
        vlive_test_expect ("A value in * was left out");
      fx->cache = vlive_lmdb_cache_new (fx->folder);
      _vlive_cache_set_clock (fx->cache, fx->clock);
      g_test_message ("%s: %u damaged", _vlive_lmdb_databases[damage.database],
                      damage.n);
      fx->slow = (i / 4) % 2 == 1;
      assert_nothing_wrong (fx);
      assert_nothing_wrong (fx);
      fx->slow = FALSE;
      assert_works (fx);
      vlive_test_assert_expected ();
    }
}

static gboolean
dead_job (VliveTxn *txn, gpointer data, GError **error)
{
  static const guint databases[] = { VLIVE_DB_QUERIES, VLIVE_DB_PAGES,
                                     VLIVE_DB_LEAVES,  VLIVE_DB_LAYOUTS,
                                     VLIVE_DB_ENTRIES, VLIVE_DB_CHANGES,
                                     VLIVE_DB_RECORDS, VLIVE_DB_SCHEMAS };

  for (guint i = 0; i < 300; i++)
    for (guint j = 0; j < G_N_ELEMENTS (databases); j++)
      {
        guint64 numbers[] = { (guint64) (i % 3) << 62 | 17, i, 0 };
        guint8 buffer[24];

        _vlive_txn_put_sealed (txn, databases[j],
                               _vlive_lmdb_number_key (buffer, numbers, 3),
                               VLIVE_SPAN ("dead", 4));
      }

  return TRUE;
}

/* What belongs to no living namespace goes when damage has been seen. */
static void
test_dead_generations (CacheFixture *fx, gconstpointer kind)
{
  Damage damage = { .database = VLIVE_DB_RECORDS };
  guint64 counts[VLIVE_N_LMDB_DBS];
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  fill_for_damage (fx);
  g_assert_finalize_object (fx->cache);
  run_in_file (fx, damage_job, &damage);
  run_in_file (fx, dead_job, NULL);
  vlive_test_expect ("A value in * was left out");
  fx->cache = vlive_lmdb_cache_new (fx->folder);
  _vlive_cache_set_clock (fx->cache, fx->clock);
  assert_get (fx, "t", "single", "miss");
  do
    {
      vlive_test_turn ();
      run_in_file (fx, count_job, counts);
    }
  while (counts[VLIVE_DB_SCHEMAS] > 1 && g_get_monotonic_time () < deadline);
  g_assert_cmpuint (counts[VLIVE_DB_PAGES], ==, 1);
  g_assert_cmpuint (counts[VLIVE_DB_QUERIES], ==, 1);
  g_assert_cmpuint (counts[VLIVE_DB_LEAVES], ==, 1);
  g_assert_cmpuint (counts[VLIVE_DB_ENTRIES], ==, 2);
  g_assert_cmpuint (counts[VLIVE_DB_RECORDS], ==, 0);
  g_assert_cmpuint (counts[VLIVE_DB_SCHEMAS], ==, 1);
}

static void
write_to_file (CacheFixture *fx, gsize offset, gsize size, gboolean truncate_it)
{
  g_autofree char *path = g_build_filename (fx->folder, "cache.mdb", NULL);
  g_autofree guint8 *zeros = g_malloc0 (size);
  struct timespec times[2] = { { 0, 0 }, { 0, 0 } };
  int fd = open (path, O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  if (truncate_it)
    g_assert_cmpint (ftruncate (fd, (off_t) offset), ==, 0);
  else
    g_assert_cmpint (pwrite (fd, zeros, size, (off_t) offset), ==, (gssize) size);
  times[0].tv_sec = times[1].tv_sec = g_get_real_time () / G_USEC_PER_SEC + 60;
  g_assert_cmpint (futimens (fd, times), ==, 0);
  close (fd);
}

/* Truncated, without a head, with zeros in places, not ours at all: one
 * warning, a fresh cache, right rows. */
static void
test_file_is_damaged (CacheFixture *fx, gconstpointer kind)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (VliveQuery) all = vlive_query_new ();
      g_autofree char *path = NULL;
      VliveStamp stamp;

      g_free (fx->folder);
      fx->folder = vlive_test_dup_folder ();
      cache_fixture_reopen (fx);
      path = g_build_filename (fx->folder, "cache.mdb", NULL);
      stamp = ask (fx, "t");
      for (guint j = 0; j < 50; j++)
        assert_stored (fx, "t", all, make_page (j * 3, 3, "a:1 b:1 c:1", 150, NULL),
                       &stamp, "a:1 b:1 c:1 /150");
      g_assert_finalize_object (fx->cache);
      vlive_test_assert_all_gone ();
      if (i == 0)
        write_to_file (fx, 20000, 1, TRUE);
      else if (i == 1)
        write_to_file (fx, 0, 8192, FALSE);
      else if (i == 2)
        write_to_file (fx, 8192, 40000, FALSE);
      else
        g_assert_true (g_file_set_contents (path, "This is a letter.", -1, NULL));
      vlive_test_expect ("*");
      fx->cache = vlive_lmdb_cache_new (fx->folder);
      _vlive_cache_set_clock (fx->cache, fx->clock);
      assert_page (fx, "t", all, 0, 3, "miss");
      vlive_test_assert_expected ();
      assert_works (fx);
    }
}

static void
wait_until_used (CacheFixture *fx, guint64 at_most)
{
  gint64 deadline = g_get_monotonic_time () + vlive_test_patience_us ();

  while (get_statistics (fx).used_bytes > at_most && g_get_monotonic_time () < deadline)
    vlive_test_turn ();
  g_assert_cmpuint (get_statistics (fx).used_bytes, <=, at_most);
}

static VlivePage *
make_large_page (guint offset)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  for (guint i = 0; i < 300; i++)
    g_string_append_printf (rows, "%srow-with-a-long-name-%u:%u", i > 0 ? " " : "",
                            offset + i, i);

  return make_page (offset, 300, rows->str, 1000000, "v");
}

static gboolean
has_page (CacheFixture *fx, const char *ns, guint offset)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp;
  g_autoptr (VlivePage) page = lookup (fx, ns, all, offset, 300, &stamp);

  return page != NULL;
}

/* Over the limit the oldest pages go first, but what was renewed is young. */
static void
test_size_limit (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");
  const guint64 limit = 2 * 1024 * 1024;
  VliveCacheStatistics statistics;

  g_object_set (fx->cache, "size-limit", limit, NULL);
  g_assert_cmpuint (get_statistics (fx).size_limit, ==, limit);
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (VlivePage) shown =
          store (fx, "t", all, make_large_page (i * 300), &stamp);

      g_assert_nonnull (shown);
    }
  wait_until_used (fx, limit);
  statistics = get_statistics (fx);
  g_assert_cmpuint (statistics.n_evicted, >, 20);
  g_assert_cmpuint (statistics.n_evicted, <, 180);
  g_assert_cmpuint (statistics.n_pages, ==, 200 - statistics.n_evicted);
  g_assert_cmpuint (statistics.used_bytes, >, limit / 2);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpint (has_page (fx, "t", i * 300), ==, i >= statistics.n_evicted);
}

/* One that was renewed is as young as that. */
static void
test_renewed_is_young (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp = ask (fx, "t");
  guint n_gone = 0;

  for (guint i = 0; i < 100; i++)
    vlive_page_unref (store (fx, "t", all, make_large_page (i * 300), &stamp));
  stamp = ask (fx, "t");
  vlive_page_unref (renew (fx, "t", all, 0, 300, "v", 1000000, &stamp));
  g_object_set (fx->cache, "size-limit", G_GUINT64_CONSTANT (1), NULL);
  wait_until_used (fx, 1024 * 1024);
  for (guint i = 1; i < 100; i++)
    n_gone += !has_page (fx, "t", i * 300);
  g_assert_cmpuint (n_gone, >, 20);
  g_assert_true (has_page (fx, "t", 0));
  g_assert_false (has_page (fx, "t", 300));
  g_assert_true (has_page (fx, "t", 99 * 300));
}

/* What was said of a query is not forgotten with its last page. */
static void
test_marks_outlive_pages (CacheFixture *fx, gconstpointer kind)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveQuery) sorted = make_query (NULL, NULL, "x");
  VliveStamp before = ask (fx, "t");
  VliveStamp others;

  assert_stored (fx, "t", sorted, make_page (0, 3, "a:1", 1, NULL), &before, "a:1 /1");
  invalidate (fx, "t", sorted, NULL);
  others = ask (fx, "u");
  g_object_set (fx->cache, "size-limit", G_GUINT64_CONSTANT (1), NULL);
  for (guint i = 0; i < 60; i++)
    vlive_page_unref (store (fx, "u", all, make_large_page (i * 300), &others));
  wait_until_used (fx, 1024 * 1024);
  assert_page (fx, "t", sorted, 0, 3, "miss");
  assert_stored (fx, "t", sorted, make_page (0, 3, "a:1", 1, NULL), &before,
                 "a:1 /1 stale");
}

/* Changes alone outgrow the limit: all begins anew rather than to grow on. */
static void
test_entries_over_the_limit (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *name = g_strnfill (3000, 'n');
  VliveStamp before = ask (fx, "t");
  VliveStamp after;

  g_object_set (fx->cache, "size-limit", G_GUINT64_CONSTANT (1), NULL);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%u", name, i);

      patch (fx, "t", id, 1, TRUE);
    }
  wait_until_used (fx, 1024 * 1024);
  after = ask (fx, "t");
  g_assert_cmpuint (after.generation, !=, before.generation);
  g_assert_cmpuint (after.epoch, >, before.epoch);
  assert_works (fx);
}

/* Single records go too when there is no page left that could. */
static void
test_records_over_the_limit (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *name = g_strnfill (3000, 'n');
  VliveStamp stamp = ask (fx, "t");

  g_object_set (fx->cache, "size-limit", G_GUINT64_CONSTANT (1), NULL);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%u", name, i);
      g_autofree char *text = g_strdup_printf ("%s:1", id);

      assert_store_get (fx, "t", id, 1, &stamp, text);
    }
  wait_until_used (fx, 1024 * 1024);
  g_assert_cmpuint (get_statistics (fx).n_records, <, 500);
  g_assert_cmpuint (get_statistics (fx).n_records, >, 50);
  g_assert_cmpuint (ask (fx, "t").generation, ==, stamp.generation);
}

static void
test_properties (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *folder = NULL;
  guint64 size_limit;

  g_object_get (fx->cache, "folder", &folder, "size-limit", &size_limit, NULL);
  g_assert_cmpstr (folder, ==, fx->folder);
  g_assert_cmpstr (vlive_lmdb_cache_get_folder (VLIVE_LMDB_CACHE (fx->cache)), ==,
                   fx->folder);
  g_assert_cmpuint (size_limit, ==, 256 * 1024 * 1024);
}

/* The user's own folder, and the modes of what is in it. */
static void
test_places (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *expected =
      g_build_filename (g_getenv ("XDG_CACHE_HOME"), "vlive", NULL);
  g_autofree char *file = g_build_filename (expected, "cache.mdb", NULL);
  CacheFixture other = *fx;
  GStatBuf info;

  other.cache = vlive_lmdb_cache_new (NULL);
  _vlive_cache_set_clock (other.cache, fx->clock);
  g_assert_cmpstr (vlive_lmdb_cache_get_folder (VLIVE_LMDB_CACHE (other.cache)), ==,
                   expected);
  ask (&other, "t");
  g_assert_cmpint (g_stat (expected, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  g_assert_cmpint (g_stat (file, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_finalize_object (other.cache);
}

/* Something else stands where the folder should be. */
static void
test_no_folder (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *inside = g_build_filename (fx->folder, "file", NULL);
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VliveSchema) schema = vlive_schema_new (NULL, 0, TRUE);
  CacheFixture other = *fx;
  VlivePage *page = NULL;
  VliveStamp stamp;

  g_assert_true (g_file_set_contents (inside, "", -1, NULL));
  vlive_test_expect ("The cache in *file* keeps nothing more: *");
  other.cache = vlive_lmdb_cache_new (inside);
  _vlive_cache_set_clock (other.cache, fx->clock);
  g_assert_false (
      _vlive_cache_try_lookup_page (other.cache, "t", all, 0, 3, &page, &stamp));
  g_assert_false (_vlive_cache_try_get_stamp (other.cache, "t", &stamp));
  _vlive_cache_store_schema (other.cache, "t", schema);
  stamp = ask (&other, "t");
  assert_stored (&other, "t", all, make_page (0, 3, "a:1 b:1", 2, "v"), &stamp,
                 "a:1 b:1 /2 v");
  assert_page (&other, "t", all, 0, 3, "a:1 b:1 /2 v");
  assert_renewed (&other, "t", all, 0, 3, "v", 2, &stamp, "a:1 b:1 /2 v");
  patch (&other, "t", "a", 2, TRUE);
  assert_page (&other, "t", all, 0, 3, "a:2 b:1 /2 patched");
  assert_store_get (&other, "t", "c", 3, &stamp, "c:3");
  assert_get (&other, "t", "c", "c:3");
  _vlive_cache_store_schema (other.cache, "t", schema);
  g_assert_true (has_schema (&other));
  g_assert_cmpuint (get_statistics (&other).n_pages, ==, 1);
  invalidate (&other, "t", NULL, NULL);
  assert_page (&other, "t", all, 0, 3, "a:2 b:1 /2 stale patched");
  clear (&other);
  assert_page (&other, "t", all, 0, 3, "miss");
  vlive_test_assert_expected ();
  g_assert_finalize_object (other.cache);
}

/* Calls of every kind meet that at once. */
static void
test_no_folder_all_at_once (CacheFixture *fx, gconstpointer kind)
{
  g_autofree char *inside = g_build_filename (fx->folder, "file", NULL);
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autoptr (VlivePage) page = make_page (0, 3, "a:1", 1, NULL);
  g_autoptr (VliveRecord) record = make_record ("a", 1);
  VlivePatch one = { .kind = VLIVE_PATCH_UNKNOWN, .id = "a" };
  VliveCache *cache;
  GAsyncResult *results[10] = { NULL };
  VliveStamp stamp = { 1, 1, 1 };

  g_assert_true (g_file_set_contents (inside, "", -1, NULL));
  vlive_test_expect ("The cache in *file* keeps nothing more: *");
  cache = vlive_lmdb_cache_new (inside);
  _vlive_cache_lookup_page_async (cache, "t", all, 0, 3, NULL, vlive_test_result_cb,
                                  &results[0]);
  _vlive_cache_store_page_async (cache, "t", all, page, NULL, vlive_test_result_cb,
                                 &results[1]);
  _vlive_cache_renew_page_async (cache, "t", all, 0, 3, "v", page, NULL,
                                 vlive_test_result_cb, &results[2]);
  _vlive_cache_lookup_record_async (cache, "t", "a", NULL, vlive_test_result_cb,
                                    &results[3]);
  _vlive_cache_store_record_async (cache, "t", "a", record, &stamp, 0, 0, NULL,
                                   vlive_test_result_cb, &results[4]);
  _vlive_cache_patch_async (cache, "t", &one, 1, NULL, vlive_test_result_cb,
                            &results[5]);
  _vlive_cache_invalidate_async (cache, "t", NULL, NULL, NULL, vlive_test_result_cb,
                                 &results[6]);
  vlive_cache_clear_async (cache, NULL, vlive_test_result_cb, &results[7]);
  vlive_cache_get_statistics_async (cache, NULL, vlive_test_result_cb, &results[8]);
  _vlive_cache_lookup_schema_async (cache, "t", NULL, vlive_test_result_cb,
                                    &results[9]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      VLIVE_TEST_WAIT (results[i] != NULL);
      g_assert_false (g_task_had_error (G_TASK (results[i])));
      g_clear_object (&results[i]);
    }
  vlive_test_assert_expected ();
  g_assert_finalize_object (cache);
}

/* What is kept quietly is kept though nobody waits for it. */
static void
test_quiet (CacheFixture *fx, gconstpointer kind)
{
  VliveColumn *column =
      vlive_column_new ("id", VLIVE_VALUE_TEXT, VLIVE_FORMAT_PLAIN, VLIVE_COLUMN_ID);
  g_autoptr (VliveSchema) schema = vlive_schema_new (&column, 1, TRUE);

  vlive_column_unref (column);
  _vlive_cache_store_schema (fx->cache, "t", schema);
  cache_fixture_reopen (fx);
  /* The writer may still be at it. */
  VLIVE_TEST_WAIT (has_schema (fx));
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  cache_fixture_add_lmdb ("restart", test_restart);
  cache_fixture_add_lmdb ("restart-silent-master", test_restart_silent_master);
  cache_fixture_add_lmdb ("two-objects", test_two_objects);
  cache_fixture_add_lmdb ("inline", test_inline);
  cache_fixture_add_lmdb ("inline-miss", test_inline_miss);
  cache_fixture_add_lmdb ("stalls", test_stalls);
  cache_fixture_add_lmdb ("damaged", test_damaged);
  cache_fixture_add_lmdb ("damaged-before-inline", test_damaged_before_inline);
  cache_fixture_add_lmdb ("dead-generations", test_dead_generations);
  cache_fixture_add_lmdb ("file-is-damaged", test_file_is_damaged);
  cache_fixture_add_lmdb ("size-limit", test_size_limit);
  cache_fixture_add_lmdb ("renewed-is-young", test_renewed_is_young);
  cache_fixture_add_lmdb ("marks-outlive-pages", test_marks_outlive_pages);
  cache_fixture_add_lmdb ("entries-over-the-limit", test_entries_over_the_limit);
  cache_fixture_add_lmdb ("records-over-the-limit", test_records_over_the_limit);
  cache_fixture_add_lmdb ("properties", test_properties);
  cache_fixture_add_lmdb ("places", test_places);
  cache_fixture_add_lmdb ("no-folder", test_no_folder);
  cache_fixture_add_lmdb ("no-folder-all-at-once", test_no_folder_all_at_once);
  cache_fixture_add_lmdb ("quiet", test_quiet);

  return vlive_test_run ();
}
