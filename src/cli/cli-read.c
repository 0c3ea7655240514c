/* cli-read.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-read.h"

#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "cli-commands.h"
#include "cli-json.h"
#include "cli-table.h"
#include "cli-text.h"

/* A call on its way. */
typedef struct
{
  CliSession *session;
  VliveQuery *query; /* owned; NULL for a single record */
  CliReadFunc done;
  gpointer user_data; /* of @done */
  gint64 started;     /* monotonic, µs */
} Call;

void
cli_read_free (CliRead *self)
{
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_clear_pointer (&self->page, vlive_page_unref);
  vlive_reading_clear (&self->reading);
  g_free (self->cache_key);
  g_free (self);
}

static CliRead *
read_new (void)
{
  CliRead *self = g_new0 (CliRead, 1);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  return self;
}

static Call *
call_new (CliSession *session, VliveQuery *query, CliReadFunc done, gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->session = session;
  call->query = query != NULL ? vlive_query_ref (query) : NULL;
  call->done = done;
  call->user_data = user_data;
  call->started = g_get_monotonic_time ();

  return call;
}

static void
call_free (Call *call)
{
  g_clear_pointer (&call->query, vlive_query_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* The store's key, the query's, and the window: what is kept apart is called
 * by different names. */
static char *
dup_cache_key (CliSession *session, VliveQuery *query)
{
  const char *key = vlive_store_get_cache_key (session->store);
  const char *query_key = vlive_query_get_key (query);
  g_autofree char *window = cli_reading_dup_window (&session->options->reading);

  return g_strconcat (key, query_key[0] != '\0' ? "?" : "", query_key, window, NULL);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (Call) call = user_data;
  g_autoptr (CliRead) self = read_new ();
  GError *error = NULL;

  self->elapsed_us = now - call->started;
  self->page =
      vlive_store_list_finish (VLIVE_STORE (source), result, &self->reading, &error);
  if (self->page == NULL)
    {
      cli_session_fail (call->session, error);
      call->done (call->session, NULL, call->user_data);
      return;
    }

  for (guint i = 0; i < vlive_page_get_n_records (self->page); i++)
    g_ptr_array_add (self->records,
                     vlive_record_ref (vlive_page_get_record (self->page, i)));
  self->cache_key = dup_cache_key (call->session, call->query);
  call->done (call->session, g_steal_pointer (&self), call->user_data);
}

void
cli_read_list (CliSession *session,
               VliveQuery *query,
               CliReadFunc done,
               gpointer user_data)
{
  CliReading *reading = &session->options->reading;

  vlive_store_list_async (session->store, query, cli_reading_get_offset (reading),
                          reading->limit, VLIVE_READ_NONE, session->cancellable,
                          listed_cb, call_new (session, query, done, user_data));
}

const char *
cli_read_get_outcome (CliRead *self)
{
  switch (self->reading.outcome)
    {
    case VLIVE_OUTCOME_HIT:
      return "hit";

    case VLIVE_OUTCOME_STALE:
      return "stale";

    case VLIVE_OUTCOME_NONE:
    case VLIVE_OUTCOME_MISS:
    case VLIVE_OUTCOME_POPULATED:
    case VLIVE_OUTCOME_MISS_AT_MASTER:
    case VLIVE_OUTCOME_INVALIDATED:
    case VLIVE_OUTCOME_FAILED:
    default:
      return "miss";
    }
}

static const char *
get_outcome_colour (VliveOutcome outcome)
{
  if (outcome == VLIVE_OUTCOME_HIT)
    return "\033[32m";

  return outcome == VLIVE_OUTCOME_STALE ? "\033[33m" : "\033[34m";
}

static gboolean
get_total (CliRead *self, guint64 *total)
{
  return self->page != NULL
         && vlive_page_get_total (self->page, total) == VLIVE_TOTAL_EXACT;
}

static char *
dup_rows (CliRead *self)
{
  guint n = self->records->len;
  guint64 total;

  if (get_total (self, &total) && total != n)
    return g_strdup_printf (ngettext ("%u row of %llu", "%u rows of %llu", n), n,
                            (unsigned long long) total);

  return g_strdup_printf (ngettext ("%u row", "%u rows", n), n);
}

static void
say_notes (CliRead *self)
{
  const char *const *notes =
      self->page != NULL ? vlive_page_get_diagnostics (self->page) : NULL;

  for (gsize i = 0; notes != NULL && notes[i] != NULL; i++)
    {
      g_autofree char *note = cli_text_shorten (notes[i], CLI_TEXT_LINE);

      cli_text_say (_ ("note: %s"), note);
    }
}

void
cli_read_say (CliRead *self)
{
  g_autofree char *rows = dup_rows (self);
  g_autofree char *age = cli_text_dup_age (self->reading.age_us);
  g_autofree char *key = cli_text_shorten (self->cache_key, 120);
  gboolean colour = cli_text_wants_colour (STDERR_FILENO);
  g_autoptr (GString) line = g_string_new (NULL);

  g_string_append_printf (line, "%s%s%s: %s",
                          colour ? get_outcome_colour (self->reading.outcome) : "",
                          cli_read_get_outcome (self), colour ? "\033[0m" : "", rows);
  if (self->reading.outcome != VLIVE_OUTCOME_MISS)
    g_string_append_printf (line, ", %s", age);
  g_string_append_printf (line, _ (", %lld µs, key %s"), (long long) self->elapsed_us,
                          key);
  if (self->reading.reason != NULL)
    {
      g_autofree char *reason = cli_text_shorten (self->reading.reason, CLI_TEXT_LINE);

      g_string_append_printf (line, " (%s)", reason);
    }
  cli_text_say ("%s", line->str);
  say_notes (self);
}

gboolean
cli_read_append_json (CliRead *self, CliSession *session, GString *json, GError **error)
{
  guint64 total;

  g_string_append (json, "{\"rows\": [");
  for (guint i = 0; i < self->records->len; i++)
    {
      g_string_append (json, i > 0 ? ", " : "");
      if (!cli_json_append_record (json, self->records->pdata[i],
                                   cli_session_get_id_column (session), error))
        return FALSE;
    }
  g_string_append_c (json, ']');
  cli_json_append_count (json, "count", self->records->len);
  if (get_total (self, &total))
    cli_json_append_count (json, "total", total);
  else
    cli_json_append_null (json, "total");
  cli_json_append_text (json, "outcome", cli_read_get_outcome (self));
  cli_json_append_seconds (json, "age_s", self->reading.age_us);
  cli_json_append_integer (json, "elapsed_us", self->elapsed_us);
  cli_json_append_text (json, "cache_key", self->cache_key);
  g_string_append_c (json, '}');

  return TRUE;
}

/* Talk first: whoever reads both sees what the rows are before they come. */
static void
print_read (CliSession *session, CliRead *self, const char *text)
{
  g_autoptr (GString) document = g_string_new (NULL);
  GError *error = NULL;

  cli_read_say (self);
  if (!session->options->json || cli_read_append_json (self, session, document, &error))
    cli_session_print (session, text, document);
  else
    cli_session_fail (session, error);
}

/* A name that no row has matches nothing and sorts nothing, and may be a slip
 * of the finger. What a dot leads to is below a column. */
static void
say_unknown_column (CliSession *session, const char *name)
{
  VliveSchema *schema = vlive_store_get_schema (session->store);
  g_autofree char *shown = NULL;
  g_autofree char *table = NULL;

  if (schema == NULL || vlive_schema_get_n_columns (schema) == 0
      || strchr (name, '.') != NULL || vlive_schema_find_column (schema, name) != NULL
      || strcmp (name, cli_session_get_id_column (session)) == 0)
    return;
  shown = cli_text_shorten (name, 60);
  table = cli_text_shorten (vlive_master_get_name (session->master), 60);
  cli_text_say (_ ("note: %s has no column “%s”"), table, shown);
}

static void
say_unknown_columns (CliSession *session)
{
  CliReading *reading = &session->options->reading;

  for (guint i = 0; reading->filters != NULL && i < reading->filters->len; i++)
    say_unknown_column (session, g_array_index (reading->filters, CliFilter, i).column);
  for (gsize i = 0; reading->sorts != NULL && reading->sorts[i] != NULL; i++)
    say_unknown_column (session,
                        reading->sorts[i] + (reading->sorts[i][0] == '-' ? 1 : 0));
}

static void
print_list (CliSession *session, CliRead *read, gpointer user_data)
{
  g_autoptr (CliRead) self = read;
  CliStyle style = cli_style_for_stdout ();
  g_autofree char *text = NULL;

  if (self == NULL)
    return;
  text =
      cli_table_dup_rows ((VliveRecord *const *) self->records->pdata,
                          self->records->len, vlive_store_get_schema (session->store),
                          cli_session_get_id_column (session), &style);
  print_read (session, self, text);
  say_unknown_columns (session);
}

static void
list_opened (CliSession *session)
{
  g_autoptr (VliveQuery) query = NULL;
  GError *error = NULL;

  query = cli_reading_dup_query (&session->options->reading,
                                 vlive_store_get_schema (session->store), &error);
  if (query != NULL)
    cli_read_list (session, query, print_list, NULL);
  else
    cli_session_fail (session, error);
}

void
cli_list (CliSession *session)
{
  cli_session_open (session, list_opened);
}

static void
got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();
  g_autoptr (Call) call = user_data;
  g_autoptr (CliRead) self = read_new ();
  VliveRecord *record;
  CliStyle style = cli_style_for_stdout ();
  g_autofree char *text = NULL;
  GError *error = NULL;

  self->elapsed_us = now - call->started;
  record =
      vlive_store_get_finish (VLIVE_STORE (source), result, &self->reading, &error);
  if (record == NULL)
    {
      cli_session_fail (call->session, error);
      return;
    }

  g_ptr_array_add (self->records, record);
  self->cache_key = g_strdup (vlive_store_get_cache_key (call->session->store));
  text =
      cli_table_dup_record (record, cli_session_get_id_column (call->session), &style);
  print_read (call->session, self, text);
}

static void
get_opened (CliSession *session)
{
  vlive_store_get_async (session->store, cli_options_get_words (session->options)[0],
                         VLIVE_READ_NONE, session->cancellable, got_cb,
                         call_new (session, NULL, NULL, NULL));
}

void
cli_get (CliSession *session)
{
  cli_session_open (session, get_opened);
}
