/* cache-peer.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cache-fixture.h"

#include <grp.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Shares the cache in the folder named first with a test, under the system's
 * clock. Each line on standard input is a question, answered by one line:
 *
 *   lookup NS OFFSET LIMIT      the page
 *   store NS OFFSET LIMIT ROWS  stores them ("a:1,b:2"), asked for just now
 *   patch NS ID X               a write of ours, confirmed; X < 0: deleted
 *   get NS ID                   the single record
 *   put NS ID X                 stores it, asked for just now
 *   invalidate NS               everything of it
 *   clear                       everything
 *   warnings                    how many there were
 *   hammer SEED                 stores and patches until it is killed, and
 *                               says "PAGE N" or "PATCH N" for each
 *
 * With "nobody" as second argument it is not root.
 */

static guint n_warnings;

static GLogWriterOutput
count_warnings (GLogLevelFlags level,
                const GLogField *fields,
                gsize n_fields,
                gpointer data)
{
  if ((level & G_LOG_LEVEL_CRITICAL) != 0)
    {
      g_log_writer_default (level, fields, n_fields, data);
      abort ();
    }
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    n_warnings++;

  return G_LOG_WRITER_HANDLED;
}

static char *
dup_rows (const char *text)
{
  return g_strdelimit (g_strdup (text), ",", ' ');
}

static char *
do_store (CacheFixture *fx,
          const char *ns,
          guint64 offset,
          guint limit,
          const char *text)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  g_autofree char *rows = dup_rows (text);
  g_autoptr (VlivePage) shown = NULL;
  VliveStamp stamp = ask (fx, ns);

  shown = store (fx, ns, all, make_page (offset, limit, rows, -1, NULL), &stamp);

  return page_to_text (shown);
}

static char *
do_lookup (CacheFixture *fx, const char *ns, guint64 offset, guint limit)
{
  g_autoptr (VliveQuery) all = vlive_query_new ();
  VliveStamp stamp;
  g_autoptr (VlivePage) page = lookup (fx, ns, all, offset, limit, &stamp);

  return page_to_text (page);
}

/* Pages of a size that fills leaves, and patches of what is on them. */
static void
do_hammer (CacheFixture *fx, guint seed)
{
  for (guint i = seed;; i++)
    {
      g_autoptr (GString) rows = g_string_new (NULL);
      g_autofree char *text = NULL;

      for (guint j = 0; j < 100; j++)
        g_string_append_printf (rows, "%sr%u:%u", j > 0 ? "," : "", (i % 50) * 100 + j,
                                i);
      text = do_store (fx, "hammer", (i % 50) * 100, 100, rows->str);
      printf ("PAGE %u\n", i);
      fflush (stdout);
      if (i % 3 == 0)
        {
          patch (fx, "hammer", "counter", i, TRUE);
          printf ("PATCH %u\n", i);
          fflush (stdout);
        }
    }
}

static char *
answer (CacheFixture *fx, char **words)
{
  guint n = g_strv_length (words);

  if (g_str_equal (words[0], "lookup") && n == 4)
    return do_lookup (fx, words[1], g_ascii_strtoull (words[2], NULL, 10),
                      (guint) atoi (words[3]));
  if (g_str_equal (words[0], "store") && n == 5)
    return do_store (fx, words[1], g_ascii_strtoull (words[2], NULL, 10),
                     (guint) atoi (words[3]), words[4]);
  if (g_str_equal (words[0], "get") && n == 3)
    return get (fx, words[1], words[2]);
  if (g_str_equal (words[0], "put") && n == 4)
    {
      VliveStamp stamp = ask (fx, words[1]);

      return store_get (fx, words[1], words[2], atoi (words[3]), &stamp);
    }
  if (g_str_equal (words[0], "warnings"))
    return g_strdup_printf ("%u", n_warnings);

  if (g_str_equal (words[0], "patch") && n == 4)
    patch (fx, words[1], words[2], atoi (words[3]), TRUE);
  else if (g_str_equal (words[0], "invalidate") && n == 2)
    invalidate (fx, words[1], NULL, NULL);
  else if (g_str_equal (words[0], "clear"))
    clear (fx);
  else if (g_str_equal (words[0], "hammer") && n == 2)
    do_hammer (fx, (guint) atoi (words[1]));
  else
    return g_strdup ("what?");

  return g_strdup ("done");
}

static void
become_nobody (void)
{
  if (geteuid () != 0)
    return;

  g_assert_cmpint (setgroups (0, NULL), ==, 0);
  g_assert_cmpint (setgid (65534), ==, 0);
  g_assert_cmpint (setuid (65534), ==, 0);
}

int
main (int argc, char **argv)
{
  static char line[1 << 20];
  CacheFixture fx;

  g_log_set_writer_func (count_warnings, NULL, NULL);
  if (argc > 2 && g_str_equal (argv[2], "nobody"))
    become_nobody ();
  cache_fixture_open_real (&fx, argv[1]);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
      g_autofree char *text = answer (&fx, words);

      printf ("%s\n", text);
      fflush (stdout);
    }
  cache_fixture_close_real (&fx);

  return 0;
}
