/* store-peer.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>

#include "store-peer.h"

/*
 * The other process of a test: a store on the cache folder and the master that
 * it is given, in which nothing is ever too old. It is told on its standard input what to do, line
 * by line, and answers each line with one.
 *
 *   write ID VALUE   →  ok            (or "error MESSAGE")
 *   read ID          →  VALUE OUTCOME (of the first page)
 *   get ID           →  VALUE OUTCOME
 *   insert ID VALUE  →  ok
 *   delete ID        →  ok
 *   rewrite ID N     →  ok            (values 1 … N, one after another)
 *   churn ID SEED    →  ok, ok, …     (for ever: rows ID0 … ID19 come, change and go)
 */

static VliveStore *store;

static VliveRecord *
make_fields (gint64 value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "value", "x", value);

  return vlive_record_new_from_variant ("x", g_variant_dict_end (&dict), NULL);
}

static gboolean
apply (VliveWriteOp op, const char *id, gint64 value, GError **error)
{
  g_autoptr (VliveRecord) fields =
      op != VLIVE_WRITE_DELETE ? make_fields (value) : NULL;
  g_autoptr (VliveWrite) write = vlive_write_new (op, id, fields);
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_write_async (store, write, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_store_write_finish (store, result, error);
}

static void
do_write (VliveWriteOp op, const char *id, gint64 value)
{
  g_autoptr (GError) error = NULL;

  if (apply (op, id, value, &error))
    g_print ("ok\n");
  else
    g_print ("error %s\n", error->message);
}

static void
do_rewrite (const char *id, gint64 n)
{
  for (gint64 i = 1; i < n; i++)
    apply (VLIVE_WRITE_PATCH, id, i, NULL);
  do_write (VLIVE_WRITE_PATCH, id, n);
}

/* Which of the rows are there is not known: some of it is refused. */
static void
do_churn (const char *prefix, gint64 seed)
{
  static const VliveWriteOp ops[] = { VLIVE_WRITE_INSERT, VLIVE_WRITE_PATCH,
                                      VLIVE_WRITE_PATCH, VLIVE_WRITE_DELETE };
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) seed);

  for (;;)
    {
      g_autofree char *id =
          g_strdup_printf ("%s%d", prefix, g_rand_int_range (random, 0, 20));

      if (apply (ops[g_rand_int_range (random, 0, G_N_ELEMENTS (ops))], id,
                 g_rand_int_range (random, 0, 1000), NULL))
        {
          g_print ("ok\n");
          fflush (stdout);
        }
    }
}

static void
answer (VliveRecord *record, const VliveReading *reading, const GError *error)
{
  gint64 value = -1;

  if (record == NULL)
    {
      g_print ("error %s\n", error != NULL ? error->message : "no such record");
      return;
    }

  vlive_record_get_integer (record, "value", &value);
  g_print ("%" G_GINT64_FORMAT " %s\n", value,
           _vlive_outcome_to_text (reading->outcome));
}

static void
do_read (const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VlivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  VliveRecord *record = NULL;

  vlive_store_list_async (store, NULL, 0, 100, VLIVE_READ_NONE, NULL,
                          vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  page = vlive_store_list_finish (store, result, &reading, &error);
  for (guint i = 0; page != NULL && i < vlive_page_get_n_records (page); i++)
    if (strcmp (vlive_record_get_id (vlive_page_get_record (page, i)), id) == 0)
      record = vlive_page_get_record (page, i);
  answer (record, &reading, error);
}

static void
do_get (const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_auto (VliveReading) reading = { 0 };
  g_autoptr (VliveRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  vlive_store_get_async (store, id, VLIVE_READ_NONE, NULL, vlive_test_result_cb,
                         &result);
  VLIVE_TEST_WAIT (result != NULL);
  record = vlive_store_get_finish (store, result, &reading, &error);
  answer (record, &reading, error);
}

static void
do_line (char *line)
{
  g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
  gint64 value = words[2] != NULL ? g_ascii_strtoll (words[2], NULL, 10) : 0;

  if (strcmp (words[0], "write") == 0)
    do_write (VLIVE_WRITE_PATCH, words[1], value);
  else if (strcmp (words[0], "insert") == 0)
    do_write (VLIVE_WRITE_INSERT, words[1], value);
  else if (strcmp (words[0], "delete") == 0)
    do_write (VLIVE_WRITE_DELETE, words[1], 0);
  else if (strcmp (words[0], "rewrite") == 0)
    do_rewrite (words[1], value);
  else if (strcmp (words[0], "churn") == 0)
    do_churn (words[1], value);
  else if (strcmp (words[0], "get") == 0)
    do_get (words[1]);
  else
    do_read (words[1]);
  fflush (stdout);
}

static void
close_store (void)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_store_close_async (store, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
}

int
main (int argc, char **argv)
{
  g_autoptr (VliveMaster) master = NULL;
  g_autoptr (VliveCache) cache = NULL;
  char line[256];

  g_assert (argc == 3);

  master = peer_make_master (argv[2]);
  cache = vlive_lmdb_cache_new (argv[1]);
  store = vlive_store_new (master, cache, "products");
  vlive_store_set_stale_after (store, G_MAXUINT);
  while (fgets (line, sizeof line, stdin) != NULL)
    do_line (line);
  close_store ();
  g_clear_object (&store);
  g_clear_object (&cache);
  g_clear_object (&master);
  vlive_test_assert_all_gone ();

  return 0;
}
