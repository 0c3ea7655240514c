/* local-peer.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vlive.h"

/*
 * Another process on a local database file, for the tests:
 *
 *   local-peer write PATH FIRST     inserts FIRST, FIRST + 1, … and says "N"
 *                                   for each that was acknowledged, for 20 s
 *   local-peer patch PATH ID N      patches the record ID with v = 1 … N and
 *                                   says "V" for each, once a line was read
 *   local-peer import PATH FILE     imports FILE, and says "N"
 */

/* So many writes are under way at once. */
#define DEPTH 6

typedef struct
{
  VliveLocalMaster *master;
  guint64 next;
  guint n_waiting;
} Peer;

typedef struct
{
  Peer *peer;
  guint64 number;
} Insert;

static void start_insert (Peer *peer);

static void
die (const char *what, const GError *error)
{
  fprintf (stderr, "%s: %s\n", what, error->message);
  exit (1);
}

static void
say (guint64 number)
{
  printf ("%" G_GUINT64_FORMAT "\n", number);
  fflush (stdout);
}

static void
inserted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Insert *insert = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply =
      vlive_master_apply_finish (VLIVE_MASTER (source), result, &error);

  if (reply == NULL)
    die ("insert", error);
  say (insert->number);
  insert->peer->n_waiting--;
  start_insert (insert->peer);
  g_free (insert);
}

/* Two fields that must agree. */
static VliveRecord *
make_fields (guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_autoptr (GVariant) fields = g_variant_ref_sink (
      g_variant_new_parsed ("{'a': <%x>, 'b': <%s>}", (gint64) number, text));

  return vlive_record_new_from_variant (NULL, fields, NULL);
}

static void
start_insert (Peer *peer)
{
  while (peer->n_waiting < DEPTH)
    {
      Insert *insert = g_new0 (Insert, 1);
      g_autoptr (VliveRecord) fields = make_fields (peer->next);
      g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, peer->next);
      g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_INSERT, id, fields);

      insert->peer = peer;
      insert->number = peer->next++;
      peer->n_waiting++;
      vlive_master_apply_async (VLIVE_MASTER (peer->master), write, NULL, inserted_cb,
                                insert);
    }
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
patch (VliveLocalMaster *master, const char *id, guint64 value)
{
  g_autoptr (VliveRecord) fields = make_fields (value);
  g_autoptr (VliveWrite) write = vlive_write_new (VLIVE_WRITE_PATCH, id, fields);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  vlive_master_apply_async (VLIVE_MASTER (master), write, NULL, result_cb, &result);
  wait_for (&result);
  reply = vlive_master_apply_finish (VLIVE_MASTER (master), result, &error);
  if (reply == NULL)
    die ("patch", error);
}

static void
import (VliveLocalMaster *master, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n;

  vlive_local_master_import_async (master, file, VLIVE_IMPORT_CSV, FALSE, NULL, NULL,
                                   NULL, NULL, result_cb, &result);
  wait_for (&result);
  n = vlive_local_master_import_finish (master, result, &error);
  if (n < 0)
    die ("import", error);
  say ((guint64) n);
}

static gboolean
enough_cb (gpointer data)
{
  exit (0);
}

int
main (int argc, char *argv[])
{
  Peer peer = { 0 };
  char line[16];

  if (argc < 4)
    return 2;
  g_setenv ("G_DEBUG", "", TRUE);
  peer.master = vlive_local_master_new (argv[2], "things");
  g_timeout_add_seconds (20, enough_cb, NULL);
  if (strcmp (argv[1], "write") == 0)
    {
      peer.next = g_ascii_strtoull (argv[3], NULL, 10);
      start_insert (&peer);
      for (;;)
        g_main_context_iteration (NULL, TRUE);
    }
  else if (strcmp (argv[1], "patch") == 0 && argc == 5)
    {
      guint64 n = g_ascii_strtoull (argv[4], NULL, 10);

      for (guint64 i = 1; i <= n && fgets (line, sizeof line, stdin) != NULL; i++)
        {
          patch (peer.master, argv[3], i);
          say (i);
        }
    }
  else if (strcmp (argv[1], "import") == 0)
    import (peer.master, argv[3]);
  g_object_unref (peer.master);

  return 0;
}
