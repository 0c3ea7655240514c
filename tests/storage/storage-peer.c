/* storage-peer.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Another process that has a storage open:
 *
 *   storage-peer talk disposable|durable PATH
 *     says "open", or "error CODE MESSAGE"; then answers the lines it is given:
 *     "put KEY VALUE", "get KEY", "fill N SIZE" (into the second database),
 *     "verify N SIZE" (counts those that are there, and ends if one is wrong),
 *     "walk" (reads everything), "watch", "wakes";
 *     closes at the end of its input
 *   storage-peer hammer disposable|durable PATH
 *     writes for ever, and says each number that is committed
 *   storage-peer limited BYTES disposable|durable PATH
 *     as talk, with so much address space
 *   storage-peer nobody disposable|durable PATH
 *     as talk; if it is run by root, as a user without rights
 */

#include "config.h"

#include "storage-fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static guint n_wakes;
static volatile guint walked; /* so that the reading is not left out */

static void say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
  fflush (stdout);
}

static gboolean
nothing_job (VliveTxn *txn, gpointer data, GError **error)
{
  return TRUE;
}

typedef struct
{
  char **words;
  char *answer; /* owned */
} Line;

static gboolean
put_job (VliveTxn *txn, gpointer data, GError **error)
{
  Line *line = data;

  _vlive_txn_put_sealed (txn, 0, SPAN (line->words[1]), SPAN (line->words[2]));

  return TRUE;
}

static gboolean
fill_job (VliveTxn *txn, gpointer data, GError **error)
{
  Line *line = data;
  guint n = (guint) atoi (line->words[1]);
  g_autofree char *value = g_strnfill ((gsize) atoi (line->words[2]), 'f');

  for (guint i = 0; i < n && !_vlive_txn_has_failed (txn); i++)
    {
      char key[16];

      g_snprintf (key, sizeof key, "fill-%06u", i);
      _vlive_txn_put_sealed (txn, 1, SPAN (key), SPAN (value));
    }

  return TRUE;
}

static gboolean
verify_job (VliveTxn *txn, gpointer data, GError **error)
{
  Line *line = data;
  guint n = (guint) atoi (line->words[1]);
  g_autofree char *expected = g_strnfill ((gsize) atoi (line->words[2]), 'f');
  guint n_there = 0;
  VliveSpan value;

  for (guint i = 0; i < n; i++)
    {
      char key[16];

      g_snprintf (key, sizeof key, "fill-%06u", i);
      if (_vlive_txn_get_sealed (txn, 1, SPAN (key), &value))
        {
          g_assert_cmpmem (value.data, value.size, expected, strlen (expected));
          n_there++;
        }
    }
  g_free (line->answer);
  line->answer = g_strdup_printf ("%u", n_there);

  return TRUE;
}

static gboolean
walk_job (VliveTxn *txn, gpointer data, GError **error)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (VliveCursor) cursor = _vlive_cursor_new (txn, i);
      VliveSpan key, value;

      while (_vlive_cursor_next (cursor, &key, &value))
        for (gsize j = 0; j < value.size; j++)
          walked += value.data[j];
      while (_vlive_cursor_previous (cursor, &key, &value))
        walked += key.data[0];
      while (_vlive_cursor_next (cursor, &key, &value))
        _vlive_txn_get (txn, i, key, &value);
    }

  return TRUE;
}

static gboolean
get_job (VliveTxn *txn, gpointer data, GError **error)
{
  Line *line = data;
  VliveSpan value;

  g_clear_pointer (&line->answer, g_free);
  if (_vlive_txn_get_sealed (txn, 0, SPAN (line->words[1]), &value))
    line->answer = g_strndup ((const char *) value.data, value.size);

  return TRUE;
}

static void
wake_cb (gpointer data)
{
  n_wakes++;
}

static gboolean
answer (VliveStorage *storage, Line *line, GError **error)
{
  const char *verb = line->words[0];

  if (strcmp (verb, "put") == 0)
    return test_write (storage, put_job, line, error);
  if (strcmp (verb, "fill") == 0)
    return test_write (storage, fill_job, line, error);
  if (strcmp (verb, "verify") == 0)
    return test_read (storage, verify_job, line, error);
  if (strcmp (verb, "walk") == 0)
    return test_read (storage, walk_job, line, error);
  if (strcmp (verb, "get") == 0)
    return test_read (storage, get_job, line, error);
  if (strcmp (verb, "watch") == 0)
    _vlive_storage_watch (storage, wake_cb, NULL);
  else if (strcmp (verb, "wakes") == 0)
    line->answer = g_strdup_printf ("%u", n_wakes);

  return TRUE;
}

static void
talk (VliveStorage *storage)
{
  char text[4096];

  while (fgets (text, sizeof text, stdin) != NULL)
    {
      g_autoptr (GError) error = NULL;
      Line line = { g_strsplit (g_strchomp (text), " ", 3), NULL };

      if (answer (storage, &line, &error))
        say ("%s", line.answer != NULL ? line.answer : "done");
      else
        say ("error %d %s", error->code, error->message);
      g_strfreev (line.words);
      g_free (line.answer);
    }
}

/* A group of values that must stand or fall together: each holds the number,
 * at lengths that make pages split and overflow. */
static gboolean
hammer_job (VliveTxn *txn, gpointer data, GError **error)
{
  guint64 number = *(guint64 *) data;
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *key =
          g_strdup_printf ("group-%" G_GUINT64_FORMAT "-%u", number % 40, i);
      g_autofree char *value = g_strnfill (20 + (number * 977 + i * 4000) % 9000, 'x');

      memcpy (value, text, strlen (text) + 1);
      _vlive_txn_put_sealed (txn, 0, SPAN (key),
                             VLIVE_SPAN (value, strlen (value + 20) + 20));
    }
  _vlive_txn_put_sealed (txn, 0, SPAN ("last"), SPAN (text));

  return TRUE;
}

static void
hammer (VliveStorage *storage)
{
  for (guint64 number = 1;; number++)
    {
      g_autoptr (GError) error = NULL;

      test_write (storage, hammer_job, &number, &error);
      g_assert_no_error (error);
      say ("%" G_GUINT64_FORMAT, number);
    }
}

static void
limit (const char *bytes)
{
  struct rlimit limits = { g_ascii_strtoull (bytes, NULL, 10), RLIM_INFINITY };

  limits.rlim_max = limits.rlim_cur;
  g_assert_cmpint (setrlimit (RLIMIT_AS, &limits), ==, 0);
}

static void
become_nobody (void)
{
  if (!test_is_root ())
    return;
  g_assert_cmpint (setresgid (65534, 65534, 65534), ==, 0);
  g_assert_cmpint (setresuid (65534, 65534, 65534), ==, 0);
}

int
main (int argc, char **argv)
{
  VliveStorage *storage;
  g_autoptr (GError) error = NULL;
  const char *verb = argv[1];

  if (strcmp (verb, "limited") == 0)
    {
      argv++;
      limit (argv[1]);
    }
  if (strcmp (verb, "nobody") == 0)
    become_nobody ();
  storage = _vlive_storage_open (argv[3], strcmp (argv[2], "durable") == 0
                                              ? &test_durable
                                              : &test_disposable);
  if (!test_read (storage, nothing_job, NULL, &error))
    say ("error %d %s", error->code, error->message);
  else
    say ("open");
  if (error == NULL && strcmp (verb, "hammer") == 0)
    hammer (storage);
  talk (storage);
  test_close (storage);

  return 0;
}
