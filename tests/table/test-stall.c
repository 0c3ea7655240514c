/* test-stall.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-fixture.h"
#include "store-peer.h"
#include "table-server.h"
#include "table-watch.h"

/*
 * The stall meter: a view opens a table whose cache file is on the disk alone
 * and whose master takes 200 ms, scrolls through what was read before, jumps to
 * what was not, writes, and refreshes. None of it may wait for the disk or for
 * anybody on the owner's thread.
 */

#define N_ROWS 5000
#define N_CACHED 3000
#define PAGE 100

typedef struct
{
  char *folder;
  char *path; /* of the file */
  VliveArrayMaster *master;
  VliveCache *cache;
  VliveStore *store;
  VliveTable *table;
  TableWatch *watch;
} Fixture;

static void
open_all (Fixture *f)
{
  f->cache = vlive_lmdb_cache_new (f->folder);
  f->store = vlive_store_new (VLIVE_MASTER (f->master), f->cache, "products");
  f->table = vlive_table_new (f->store, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), FALSE);
  VLIVE_TEST_WAIT (f->watch->rows->len == N_ROWS);
}

static void
close_all (Fixture *f)
{
  g_autoptr (GAsyncResult) closed = NULL;

  g_clear_pointer (&f->watch, table_watch_free);
  g_assert_finalize_object (f->table);
  vlive_store_close_async (f->store, vlive_test_result_cb, &closed);
  VLIVE_TEST_WAIT (closed != NULL);
  g_clear_object (&closed);
  g_assert_finalize_object (f->store);
  /* What was on its way to the disk arrives. */
  VLIVE_TEST_WAIT (G_OBJECT (f->cache)->ref_count == 1);
  g_assert_finalize_object (f->cache);
  /* Nobody has the file open or mapped any more. */
  VLIVE_TEST_WAIT (_vlive_census_get (VLIVE_CENSUS_STORAGE) == 0
                   && _vlive_census_get (VLIVE_CENSUS_THREAD) == 0);
}

static void
see (Fixture *f, guint first)
{
  table_watch_drop_all (f->watch);
  vlive_table_set_visible_range (f->table, first, 25);
  table_watch_hold (f->watch, first, MIN (PAGE, N_ROWS - first));
  VLIVE_TEST_WAIT (vlive_row_get_record (f->watch->rows->pdata[first]) != NULL);
}

static gint64
see_value (Fixture *f, guint position)
{
  VliveRow *row = f->watch->rows->pdata[position];

  return store_fixture_get_value (vlive_row_get_record (row));
}

static void
write_value (Fixture *f, const char *id, gint64 value)
{
  g_autoptr (VliveWrite) write = store_fixture_make_patch (id, value);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_write_async (f->store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  vlive_store_write_finish (f->store, result, &error);
  g_assert_no_error (error);
}

/* What is in the file, by asking the kernel about its pages. */
static guint
count_resident (Fixture *f, guint *n_pages)
{
  gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  g_autofree guchar *pages = NULL;
  struct stat info;
  void *map;
  guint n = 0;
  int fd;

  fd = open (f->path, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fstat (fd, &info), ==, 0);
  map = mmap (NULL, (gsize) info.st_size, PROT_READ, MAP_SHARED, fd, 0);
  g_assert_true (map != MAP_FAILED);
  *n_pages = (guint) (((gsize) info.st_size + page_size - 1) / page_size);
  pages = g_malloc (*n_pages);
  g_assert_cmpint (mincore (map, (gsize) info.st_size, pages), ==, 0);
  for (guint i = 0; i < *n_pages; i++)
    n += pages[i] & 1;
  munmap (map, (gsize) info.st_size);
  close (fd);

  return n;
}

/* FALSE: this file system keeps its files in memory. */
static gboolean
drop_from_page_cache (Fixture *f)
{
  guint n_pages;
  guint n_resident = G_MAXUINT;

  for (guint i = 0; i < 50 && n_resident > 0; i++)
    {
      int fd = open (f->path, O_RDONLY | O_CLOEXEC);

      g_assert_cmpint (fd, >=, 0);
      fsync (fd);
      posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
      close (fd);
      n_resident = count_resident (f, &n_pages);
      if (n_resident > 0)
        vlive_test_turn ();
    }
  g_test_message ("%u of %u pages of the file are in memory", n_resident, n_pages);

  return n_resident == 0;
}

/* Reads what the script will find in the cache. */
static void
populate (Fixture *f)
{
  f->master->latency_us = 0;
  open_all (f);
  for (guint i = 0; i < N_CACHED / PAGE; i++)
    see (f, i * PAGE);
  close_all (f);
}

static void
run_script (Fixture *f, gint64 value)
{
  guint n_windows = f->master->n_windows;

  /* Scroll: what was read before is there, and nobody is asked for it. */
  open_all (f);
  for (guint i = 0; i < N_CACHED; i += 25)
    see (f, i);
  g_assert_cmpuint (f->master->n_windows - n_windows, <=, 2);
  /* Jump: to what was not. */
  for (guint i = 0; i < 4; i++)
    see (f, N_ROWS - 1 - i * 7 * PAGE);
  g_assert_cmpuint (f->master->n_windows - n_windows, >=, 3);
  /* Write, and see it. */
  see (f, 0);
  write_value (f, "000007", value);
  VLIVE_TEST_WAIT (see_value (f, 7) == value);
  /* Refresh. */
  n_windows = f->master->n_windows;
  vlive_table_refresh (f->table);
  VLIVE_TEST_WAIT (f->master->n_windows > n_windows && f->master->n_in_flight == 0);
  VLIVE_TEST_WAIT (!vlive_table_is_stale (f->table));
  g_assert_cmpint (see_value (f, 7), ==, value);
  close_all (f);
}

static long
count_faults (int who)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (who, &usage), ==, 0);

  return usage.ru_majflt;
}

/* The faults of other threads: of those that are there for it. */
static long
measure (Fixture *f, gint64 value, VliveMeterReading *reading)
{
  long mine = count_faults (RUSAGE_THREAD);
  long all = count_faults (RUSAGE_SELF);

  run_script (f, value);
  _vlive_meter_stop (reading);
  mine = count_faults (RUSAGE_THREAD) - mine;
  all = count_faults (RUSAGE_SELF) - all;
  g_test_message ("%" G_GUINT64_FORMAT " spans, %" G_GUINT64_FORMAT
                  " faults, %" G_GUINT64_FORMAT " waits, longest %" G_GINT64_FORMAT
                  " µs; CPU %" G_GINT64_FORMAT " µs in %s; %ld major faults here, "
                  "%ld elsewhere",
                  reading->n_spans, reading->major_faults, reading->waits,
                  reading->longest_wait_us, reading->longest_cpu_us,
                  reading->worst_span, mine, all - mine);

  return all - mine;
}

/* A new cache on the disk alone, with the first rows in it. */
static gboolean
prepare (Fixture *f, const char *under)
{
  g_autofree char *name = g_build_filename (under, "vlive-stall-XXXXXX", NULL);

  if (g_mkdtemp_full (name, 0700) == NULL)
    return FALSE;

  f->folder = g_strdup (name);
  f->path = g_build_filename (f->folder, "cache.mdb", NULL);
  populate (f);

  return drop_from_page_cache (f);
}

static void
remove_files (Fixture *f)
{
  if (f->folder != NULL)
    vlive_test_remove_tree (f->folder);
  g_clear_pointer (&f->folder, g_free);
  g_clear_pointer (&f->path, g_free);
}

/* Where a file can be dropped from memory: /tmp may be memory itself. NULL:
 * nowhere. */
static const char *
find_disk (Fixture *f)
{
  const char *places[] = { g_get_tmp_dir (), g_test_get_dir (G_TEST_BUILT),
                           "/var/tmp" };
  const char *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (places) && found == NULL; i++)
    {
      if (prepare (f, places[i]))
        found = places[i];
      remove_files (f);
    }

  return found;
}

/* Rows of a kilobyte: a page of them spans many of the file's. */
static VliveArrayMaster *
make_master (void)
{
  VliveArrayMaster *master = vlive_array_master_new ("products");
  g_autofree char *text = g_strnfill (1000, 't');

  master->clock = g_object_ref (_vlive_clock_get_default ());
  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%06u", i);
      GVariantDict dict;

      g_variant_dict_init (&dict, NULL);
      g_variant_dict_insert (&dict, "name", "s", text);
      g_variant_dict_insert (&dict, "value", "x", (gint64) 0);
      g_ptr_array_add (master->rows,
                       vlive_record_new_from_variant (id, g_variant_dict_end (&dict),
                                                      NULL));
    }

  return master;
}

static void
assert_no_stall (Fixture *f, VliveMeterReading *reading, gboolean is_cold)
{
  long n_faults = measure (f, 1, reading);
  guint n_pages;

  g_assert_cmpuint (reading->major_faults, ==, 0);
  g_assert_cmpuint (reading->n_spans, >, 300);
  if (!is_cold)
    return;
  g_assert_cmpint (n_faults, >, 0);
  g_assert_cmpuint (count_resident (f, &n_pages), >, N_CACHED / PAGE);
}

static void
test_cold_file (void)
{
  VliveMeterReading reading = { 0 };
  Fixture f = { NULL };
  const char *disk;

  f.master = make_master ();
  disk = find_disk (&f);
  if (disk == NULL)
    g_test_message ("no file can be dropped from memory here");
  for (guint attempt = 0; attempt < 5; attempt++)
    {
      remove_files (&f);
      g_assert_true (prepare (&f, disk != NULL ? disk : g_get_tmp_dir ())
                     == (disk != NULL));
      f.master->latency_us = 200000;
      if (!_vlive_meter_start ())
        {
          g_test_message ("the stall meter is off");
          run_script (&f, 1);
          break;
        }
      assert_no_stall (&f, &reading, disk != NULL);
      /* Somebody else's turn on a busy machine looks like a wait. */
      if (reading.longest_wait_us <= 1000)
        break;
    }
  g_assert_cmpint (reading.longest_wait_us, <=, 1000);
  g_assert_finalize_object (f.master);
  vlive_test_assert_all_gone ();
  remove_files (&f);
}

/* The same over HTTP: few rows, from a server that takes 200 ms. */

static void
open_rest (Fixture *f, VliveMaster *master)
{
  f->cache = vlive_lmdb_cache_new (f->folder);
  f->store = vlive_store_new (master, f->cache, "products");
  f->table = vlive_table_new (f->store, NULL);
  f->watch = table_watch_new (G_LIST_MODEL (f->table), TRUE);
  VLIVE_TEST_WAIT (f->watch->rows->len == 3);
  VLIVE_TEST_WAIT (vlive_row_get_record (f->watch->rows->pdata[0]) != NULL);
}

static void
run_rest (Fixture *f, TableServer *server, VliveMaster *master)
{
  guint n_reads;

  open_rest (f, master);
  for (gint64 value = 10; value < 15; value++)
    {
      write_value (f, "a", value);
      VLIVE_TEST_WAIT (see_value (f, 0) == value);
      n_reads = (guint) g_atomic_int_get (&server->n_reads);
      vlive_table_refresh (f->table);
      VLIVE_TEST_WAIT ((guint) g_atomic_int_get (&server->n_reads) > n_reads
                       && f->store->n_in_flight == 0);
      g_assert_cmpint (see_value (f, 0), ==, value);
    }
  close_all (f);
}

static void
prepare_rest (Fixture *f, TableServer *server, VliveMaster *master)
{
  f->folder = vlive_test_dup_folder ();
  f->path = g_build_filename (f->folder, "cache.mdb", NULL);
  g_atomic_int_set (&server->delay_ms, 0);
  open_rest (f, master);
  close_all (f);
  drop_from_page_cache (f);
  g_atomic_int_set (&server->delay_ms, 200);
}

static void
test_rest (void)
{
  VliveMeterReading reading = { 0 };
  Fixture f = { NULL };
  TableServer server;
  VliveMaster *master;

  table_server_start (&server);
  master = peer_make_master (server.url);
  for (guint attempt = 0; attempt < 5; attempt++)
    {
      gboolean metered;

      prepare_rest (&f, &server, master);
      metered = _vlive_meter_start ();
      run_rest (&f, &server, master);
      remove_files (&f);
      if (!metered)
        break;
      _vlive_meter_stop (&reading);
      g_test_message ("%" G_GUINT64_FORMAT " spans, %" G_GUINT64_FORMAT
                      " waits, longest %" G_GINT64_FORMAT " µs; CPU %" G_GINT64_FORMAT
                      " µs in %s",
                      reading.n_spans, reading.waits, reading.longest_wait_us,
                      reading.longest_cpu_us, reading.worst_span);
      g_assert_cmpuint (reading.major_faults, ==, 0);
      g_assert_cmpuint (reading.n_spans, >, 30);
      if (reading.longest_wait_us <= 1000)
        break;
    }
  g_assert_cmpint (reading.longest_wait_us, <=, 1000);
  g_assert_finalize_object (master);
  vlive_test_assert_all_gone ();
  table_server_stop (&server);
}

int
main (int argc, char **argv)
{
  vlive_test_init (&argc, &argv);

  g_test_add_func ("/table/stall/cold-file", test_cold_file);
  g_test_add_func ("/table/stall/rest", test_rest);

  return vlive_test_run ();
}
