/* cli-seed.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-commands.h"
#include "cli-json.h"
#include "cli-text.h"

static const struct
{
  const char *id;
  const char *name;
  gint64 price;
} products[] = {
  { "a", "Apple Pie", 12 },
  { "b", "Brioche", 8 },
  { "c", "Cinnamon Roll", 15 },
};

static void
seeded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *session = user_data;
  const char *table = vlive_master_get_name (session->master);
  g_autoptr (GString) document = g_string_new ("{");
  g_autofree char *shown = cli_text_shorten (table, 60);
  g_autofree char *text = NULL;
  GError *error = NULL;

  if (!vlive_local_master_replace_all_finish (VLIVE_LOCAL_MASTER (source), result,
                                              &error))
    {
      cli_session_fail (session, error);
      return;
    }

  cli_json_append_text (document, "table", table);
  cli_json_append_count (document, "rows", G_N_ELEMENTS (products));
  g_string_append_c (document, '}');
  text = g_strdup_printf (_ ("%s now holds %d records"), shown,
                          (int) G_N_ELEMENTS (products));
  cli_session_print (session, text, document);
}

static VliveRecord *
new_product (gsize i, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "id", products[i].id);
  json_object_set_string_member (object, "name", products[i].name);
  json_object_set_int_member (object, "price", products[i].price);

  return vlive_record_new_from_json (object, "id", error);
}

/* Not through the store: every reader compares the file's change sequence, so
 * whoever has a warm cache sees it. */
static void
seed_opened (CliSession *session)
{
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  GError *error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (products); i++)
    {
      VliveRecord *record = new_product (i, &error);

      if (record == NULL)
        {
          cli_session_fail (session, error);
          return;
        }
      g_ptr_array_add (records, record);
    }
  vlive_local_master_replace_all_async (VLIVE_LOCAL_MASTER (session->master),
                                        (VliveRecord *const *) records->pdata,
                                        records->len, session->cancellable, seeded_cb,
                                        session);
}

void
cli_seed (CliSession *session)
{
  cli_session_open_master (session, seed_opened);
}
