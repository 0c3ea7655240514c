/* bench-start.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "bench-rows.h"

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_RUNS 15

extern char **environ;

/* The child: a cache that is there, its first page, 30 rows of 3 cells. */
static int
read_first_rows (const char *folder)
{
  VliveCache *cache = vlive_lmdb_cache_new (folder);
  g_autoptr (VliveQuery) query = vlive_query_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VlivePage) page = NULL;
  VliveStamp stamp;

  _vlive_cache_lookup_page_async (cache, BENCH_NS, query, 0, BENCH_PAGE, NULL,
                                  bench_result_cb, &result);
  bench_wait (&result);
  if (!_vlive_cache_lookup_page_finish (cache, result, &page, &stamp, NULL)
      || page == NULL)
    return EXIT_FAILURE;
  for (guint i = 0; i < 30; i++)
    for (guint j = 0; j < 3; j++)
      {
        VliveRecord *record = vlive_page_get_record (page, i);
        g_autofree char *text =
            vlive_record_dup_field_text (record,
                                         vlive_record_get_field_name (record, j));

        bench_sink += (guint8) text[0];
      }

  /* As a command that is done would: what is on disk is safe at any instant. */
  _exit (EXIT_SUCCESS);
}

static double
run_child (const char *program, const char *mode, const char *folder)
{
  char *arguments[] = { (char *) program, (char *) mode, (char *) folder, NULL };
  gint64 start = g_get_monotonic_time ();
  pid_t pid;
  int status;

  g_assert (posix_spawn (&pid, program, NULL, NULL, arguments, environ) == 0);
  g_assert (waitpid (pid, &status, 0) == pid);
  g_assert (WIFEXITED (status) && WEXITSTATUS (status) == 0);

  return (double) (g_get_monotonic_time () - start);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  double ours_us[N_RUNS];
  double peer_us[N_RUNS];
  VliveCache *cache;

  if (argc == 3 && strcmp (argv[1], "null") == 0)
    _exit (EXIT_SUCCESS);
  if (argc == 3 && strcmp (argv[1], "read") == 0)
    return read_first_rows (argv[2]);

  bench_init (&argc, &argv, "start");
  folder = g_build_filename (bench_folder (), "cache", NULL);
  cache = vlive_lmdb_cache_new (folder);
  bench_fill_cache (cache, 200);
  bench_warm (cache, 0);

  run_child (argv[0], "read", folder);
  run_child (argv[0], "null", folder);
  for (guint i = 0; i < N_RUNS; i++)
    {
      ours_us[i] = run_child (argv[0], "read", folder);
      peer_us[i] = run_child (argv[0], "null", folder);
    }
  bench_rounds ("process start to first rows, warm cache",
                "null process, same libraries", 1.3, ours_us, peer_us, N_RUNS);
  g_object_unref (cache);

  return bench_end ();
}
