/* cli-info.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-commands.h"
#include "cli-json.h"
#include "cli-open.h"
#include "cli-table.h"
#include "cli-text.h"

/* The same facts twice: as lines and as a document. */
typedef struct
{
  GPtrArray *pairs;  /* owned, of char * */
  GString *document; /* owned */
} Facts;

static void
facts_init (Facts *self)
{
  self->pairs = g_ptr_array_new_with_free_func (g_free);
  self->document = g_string_new ("{");
}

static void
facts_clear (Facts *self)
{
  g_ptr_array_unref (self->pairs);
  g_string_free (self->document, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

static void
add_pair (Facts *self, const char *label, char *value)
{
  g_ptr_array_add (self->pairs, g_strdup (label));
  g_ptr_array_add (self->pairs, value);
}

static void
add_text (Facts *self, const char *name, const char *label, const char *text)
{
  cli_json_append_text (self->document, name, text);
  add_pair (self, label, g_strdup (text != NULL ? text : "-"));
}

static void
add_count (Facts *self, const char *name, const char *label, guint64 value)
{
  cli_json_append_count (self->document, name, value);
  add_pair (self, label, g_strdup_printf ("%" G_GUINT64_FORMAT, value));
}

static void
add_texts (Facts *self, const char *name, const char *label, const char *const *texts)
{
  cli_json_append_texts (self->document, name, texts);
  add_pair (self, label,
            texts != NULL && texts[0] != NULL ? g_strjoinv (", ", (char **) texts)
                                              : g_strdup ("-"));
}

static void
print (Facts *self, CliSession *session)
{
  CliStyle style = cli_style_for_stdout ();
  g_autofree char *text = NULL;

  g_string_append_c (self->document, '}');
  g_ptr_array_add (self->pairs, NULL);
  text = cli_table_dup_pairs ((const char *const *) self->pairs->pdata, &style);
  cli_session_print (session, text, self->document);
}

static const char *
get_type_name (VliveColumn *column)
{
  static const char *const names[] = { "unknown", "null",   "boolean",
                                       "integer", "double", "text",
                                       "bytes",   "json",   "mixed" };
  VliveValueType type = vlive_column_get_value_type (column);

  return type < G_N_ELEMENTS (names) ? names[type] : names[0];
}

static void
add_columns (Facts *self, VliveSchema *schema)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint n = schema != NULL ? vlive_schema_get_n_columns (schema) : 0;

  cli_json_append_name (self->document, "columns");
  g_string_append_c (self->document, '[');
  for (guint i = 0; i < n; i++)
    {
      VliveColumn *column = vlive_schema_get_column (schema, i);
      gboolean is_id = (vlive_column_get_flags (column) & VLIVE_COLUMN_ID) != 0;

      g_string_append (self->document, i > 0 ? ", {" : "{");
      cli_json_append_text (self->document, "name", vlive_column_get_name (column));
      cli_json_append_text (self->document, "type", get_type_name (column));
      cli_json_append_boolean (self->document, "id", is_id);
      g_string_append_c (self->document, '}');
      g_string_append_printf (line, "%s%s (%s%s)", i > 0 ? ", " : "",
                              vlive_column_get_name (column), get_type_name (column),
                              is_id ? ", id" : "");
    }
  g_string_append_c (self->document, ']');
  add_pair (self, _ ("columns"), g_strdup (n > 0 ? line->str : "-"));
}

static void
add_capabilities (Facts *self, VliveDescription *description)
{
  static const struct
  {
    VliveCapabilities capability;
    const char *name;
  } all[] = {
    { VLIVE_CAN_INSERT, "insert" },
    { VLIVE_CAN_REPLACE, "replace" },
    { VLIVE_CAN_PATCH, "patch" },
    { VLIVE_CAN_DELETE, "delete" },
    { VLIVE_CAN_CLEAR, "clear" },
    { VLIVE_CAN_GET, "get" },
    { VLIVE_CAN_COUNT, "count" },
    { VLIVE_CAN_FILTER, "filter" },
    { VLIVE_CAN_SORT, "sort" },
    { VLIVE_CAN_SORT_MANY, "sort-many" },
    { VLIVE_CAN_SEARCH, "search" },
    { VLIVE_CAN_WINDOW, "window" },
    { VLIVE_CAN_PAGE, "page" },
    { VLIVE_CAN_CURSOR, "cursor" },
    { VLIVE_CAN_READ_CONDITIONALLY, "conditional-read" },
    { VLIVE_CAN_CHECK_WRITES, "checked-write" },
    { VLIVE_CAN_REPEAT_WRITES, "idempotent-write" },
    { VLIVE_SAME_ORDER, "same-order" },
    { VLIVE_CAN_SUBSCRIBE, "subscribe" },
    { VLIVE_KEEPS_WRITES, "keeps-writes" },
  };
  const char *names[G_N_ELEMENTS (all) + 1];
  VliveCapabilities capabilities = vlive_description_get_capabilities (description);
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if ((capabilities & all[i].capability) != 0)
      names[n++] = all[i].name;
  names[n] = NULL;
  add_texts (self, "capabilities", _ ("capabilities"), names);
}

/* What info gathers, one asynchronous answer after another. */
typedef struct
{
  CliSession *session;
  char **tables; /* owned */
  gboolean counted;
  guint64 rows;
} Inquiry;

static void
inquiry_free (Inquiry *self)
{
  g_strfreev (self->tables);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Inquiry, inquiry_free)

static void
print_local (Inquiry *self)
{
  CliSession *session = self->session;
  VliveMaster *master = session->master;
  VliveDescription *description = vlive_master_get_description (master);
  g_auto (Facts) facts;
  guint64 sequence = 0;

  facts_init (&facts);
  add_text (&facts, "file", _ ("file"),
            vlive_local_master_get_path (VLIVE_LOCAL_MASTER (master)));
  add_text (&facts, "identity", _ ("identity"), vlive_master_get_identity (master));
  add_texts (&facts, "tables", _ ("tables"), (const char *const *) self->tables);
  add_text (&facts, "table", _ ("table"), vlive_master_get_name (master));
  add_count (&facts, "rows", _ ("rows"), self->rows);
  vlive_master_peek_sequence (master, &sequence);
  add_count (&facts, "changes", _ ("changes"), sequence);
  add_columns (&facts, vlive_description_get_schema (description));
  add_capabilities (&facts, description);
  print (&facts, session);
}

static void
counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Inquiry) self = user_data;
  GError *error = NULL;

  vlive_master_count_finish (VLIVE_MASTER (source), result, &self->rows, &error);
  if (error == NULL)
    print_local (self);
  else
    cli_session_fail (self->session, error);
}

static void
listed_tables_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Inquiry) self = user_data;
  g_autoptr (VliveQuery) query = vlive_query_new ();
  CliSession *session = self->session;
  GError *error = NULL;

  self->tables = vlive_local_master_list_tables_finish (result, &error);
  if (self->tables == NULL)
    cli_session_fail (session, error);
  else
    vlive_master_count_async (session->master, query, session->cancellable, counted_cb,
                              g_steal_pointer (&self));
}

static void
local_info_opened (CliSession *session)
{
  Inquiry *self = g_new0 (Inquiry, 1);

  self->session = session;
  vlive_local_master_list_tables_async (vlive_local_master_get_path (
                                            VLIVE_LOCAL_MASTER (session->master)),
                                        session->cancellable, listed_tables_cb, self);
}

void
cli_local_info (CliSession *session)
{
  cli_session_open_master (session, local_info_opened);
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *session = user_data;
  g_autoptr (VliveDescription) description = NULL;
  g_auto (Facts) facts;
  GError *error = NULL;

  facts_init (&facts);
  description = vlive_master_describe_finish (VLIVE_MASTER (source), result, &error);
  if (description == NULL)
    {
      cli_session_fail (session, error);
      return;
    }

  if (VLIVE_IS_SCRIPTED_MASTER (session->master))
    add_text (&facts, "table", _ ("table"), vlive_master_get_name (session->master));
  else
    add_text (&facts, "resource", _ ("resource"), session->options->resource);
  add_text (&facts, "identity", _ ("identity"),
            vlive_master_get_identity (session->master));
  if (VLIVE_IS_SCRIPTED_MASTER (session->master))
    add_count (&facts, "rows", _ ("rows"),
               vlive_scripted_master_get_n_rows (
                   VLIVE_SCRIPTED_MASTER (session->master)));
  add_columns (&facts, vlive_description_get_schema (description));
  add_capabilities (&facts, description);
  print (&facts, session);
}

static void
api_info_opened (CliSession *session)
{
  vlive_master_describe_async (session->master, session->cancellable, described_cb,
                               session);
}

void
cli_api_info (CliSession *session)
{
  cli_session_open_master (session, api_info_opened);
}

void
cli_demo_info (CliSession *session)
{
  cli_session_open_master (session, api_info_opened);
}

static void
statistics_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *session = user_data;
  VliveCacheStatistics statistics = { 0 };
  g_auto (Facts) facts;
  GError *error = NULL;

  facts_init (&facts);
  if (!vlive_cache_get_statistics_finish (VLIVE_CACHE (source), result, &statistics,
                                          &error))
    {
      cli_session_fail (session, error);
      return;
    }

  add_text (&facts, "cache", _ ("cache"),
            session->options->cache != NULL ? session->options->cache : "mem");
  add_count (&facts, "pages", _ ("pages"), statistics.n_pages);
  add_count (&facts, "records", _ ("records"), statistics.n_records);
  add_count (&facts, "patches", _ ("patches"), statistics.n_patches);
  add_count (&facts, "used_bytes", _ ("used bytes"), statistics.used_bytes);
  add_count (&facts, "size_limit", _ ("size limit"), statistics.size_limit);
  print (&facts, session);
}

static void
cache_info_opened (CliSession *session)
{
  vlive_cache_get_statistics_async (session->cache, session->cancellable, statistics_cb,
                                    session);
}

/* Opening makes what is not there: not in a folder that was mistyped. */
static void
open_existing (CliSession *session, CliRunFunc opened)
{
  g_autofree char *file = cli_open_dup_cache_file (session->options);
  g_autofree char *shown = NULL;

  if (file == NULL || g_file_test (file, G_FILE_TEST_EXISTS))
    {
      cli_session_open_cache (session, opened);
      return;
    }
  shown = cli_text_shorten (session->options->cache, 120);
  cli_session_fail (session, g_error_new (VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND,
                                          _ ("There is no cache in %s"), shown));
}

void
cli_cache_info (CliSession *session)
{
  open_existing (session, cache_info_opened);
}

static void
cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *session = user_data;
  const char *cache = session->options->cache != NULL ? session->options->cache : "mem";
  g_autoptr (GString) document = g_string_new ("{");
  g_autofree char *shown = cli_text_shorten (cache, 120);
  g_autofree char *text = NULL;
  GError *error = NULL;

  if (!vlive_cache_clear_finish (VLIVE_CACHE (source), result, &error))
    {
      cli_session_fail (session, error);
      return;
    }

  cli_json_append_text (document, "cache", cache);
  cli_json_append_boolean (document, "cleared", TRUE);
  g_string_append_c (document, '}');
  text = g_strdup_printf (_ ("cleared %s"), shown);
  cli_session_print (session, text, document);
}

static void
cache_clear_opened (CliSession *session)
{
  vlive_cache_clear_async (session->cache, session->cancellable, cleared_cb, session);
}

void
cli_cache_clear (CliSession *session)
{
  open_existing (session, cache_clear_opened);
}
