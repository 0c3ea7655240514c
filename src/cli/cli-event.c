/* cli-event.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gi18n.h>

#include "cli-commands.h"
#include "cli-json.h"
#include "cli-read.h"
#include "cli-table.h"
#include "cli-text.h"

#define N_READS 4
#define EVENT_AT 2

/* How long the store may take to fold the event in. What is read afterwards
 * shows what became of it, also when it took longer. */
#define PATIENCE_MS 5000

/* Two reads, an event, two reads. */
typedef struct
{
  CliSession *session;
  VliveManualStream *stream; /* owned */
  VliveQuery *query;         /* owned */
  GPtrArray *reads;          /* owned, of CliRead */
  const char *id;            /* borrowed; NULL: everything changed */
  guint n_subscribers;
  gulong changed; /* handler at the store, 0: none */
  guint source;   /* timeout or idle, 0: none */
} Demonstration;

static void step (Demonstration *self);

static void
demonstration_free (Demonstration *self)
{
  g_clear_signal_handler (&self->changed, self->session->store);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->query, vlive_query_unref);
  g_clear_pointer (&self->reads, g_ptr_array_unref);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Demonstration, demonstration_free)

static const char *
get_kind (Demonstration *self)
{
  return self->id != NULL ? "updated" : "changed";
}

static void
append_event_json (Demonstration *self, GString *json)
{
  cli_json_append_name (json, "event");
  g_string_append_c (json, '{');
  cli_json_append_text (json, "kind", get_kind (self));
  cli_json_append_text (json, "id", self->id);
  cli_json_append_count (json, "subscribers", self->n_subscribers);
  g_string_append_c (json, '}');
}

static gboolean
append_json (Demonstration *self, GString *json, GError **error)
{
  g_string_append (json, "{\"reads\": [");
  for (guint i = 0; i < self->reads->len; i++)
    {
      g_string_append (json, i > 0 ? ", " : "");
      if (!cli_read_append_json (self->reads->pdata[i], self->session, json, error))
        return FALSE;
    }
  g_string_append_c (json, ']');
  append_event_json (self, json);
  g_string_append_c (json, '}');

  return TRUE;
}

static void
append_event_text (Demonstration *self, GString *text)
{
  g_autofree char *id = cli_text_shorten (self->id != NULL ? self->id : "", 60);

  g_string_append_printf (text, _ ("event: %s"), get_kind (self));
  if (self->id != NULL)
    g_string_append_printf (text, " %s", id);
  g_string_append_printf (text,
                          ngettext (", %u subscriber", ", %u subscribers",
                                    self->n_subscribers),
                          self->n_subscribers);
  g_string_append_c (text, '\n');
}

/* The four reads and the event between them, then the rows as they are now. */
static char *
dup_text (Demonstration *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  CliStyle style = cli_style_for_stdout ();
  CliRead *last = self->reads->pdata[self->reads->len - 1];
  g_autofree char *rows = NULL;

  for (guint i = 0; i < self->reads->len; i++)
    {
      CliRead *read = self->reads->pdata[i];

      if (i == EVENT_AT)
        append_event_text (self, text);
      g_string_append_printf (text,
                              ngettext ("read %u: %s, %u row\n",
                                        "read %u: %s, %u rows\n", read->records->len),
                              i + 1, cli_read_get_outcome (read), read->records->len);
    }
  rows = cli_table_dup_rows ((VliveRecord *const *) last->records->pdata,
                             last->records->len,
                             vlive_store_get_schema (self->session->store),
                             cli_session_get_id_column (self->session), &style);
  g_string_append (text, rows);

  return g_strdup (g_strchomp (text->str));
}

static void
finish (Demonstration *demonstration)
{
  g_autoptr (Demonstration) self = demonstration;
  CliSession *session = self->session;
  g_autoptr (GString) document = g_string_new (NULL);
  g_autofree char *text = dup_text (self);
  GError *error = NULL;

  if (!session->options->json || append_json (self, document, &error))
    cli_session_print (session, text, document);
  else
    cli_session_fail (session, error);
}

static gboolean
go_on_cb (gpointer user_data)
{
  Demonstration *self = user_data;

  self->source = 0;
  g_clear_signal_handler (&self->changed, self->session->store);
  step (self);

  return G_SOURCE_REMOVE;
}

/* Not from inside the emission: the store is not done yet. */
static void
changed_cb (VliveStore *store, const char *id, gpointer user_data)
{
  Demonstration *self = user_data;

  /* A record that is read again alone is told once it has been read. */
  if (g_strcmp0 (id, self->id) != 0)
    return;
  g_clear_signal_handler (&self->changed, store);
  g_clear_handle_id (&self->source, g_source_remove);
  self->source = g_idle_add (go_on_cb, self);
}

static void
push (Demonstration *self)
{
  g_autoptr (VliveChangeEvent) event =
      vlive_change_event_new (self->id != NULL ? VLIVE_CHANGE_UPDATED
                                               : VLIVE_CHANGE_CHANGED,
                              self->id, NULL, 0);

  self->source = g_timeout_add (PATIENCE_MS, go_on_cb, self);
  self->changed =
      g_signal_connect (self->session->store, "changed", G_CALLBACK (changed_cb), self);
  self->n_subscribers = vlive_manual_stream_push (self->stream, event);
}

static void
read_done (CliSession *session, CliRead *read, gpointer user_data)
{
  Demonstration *self = user_data;

  if (read == NULL)
    {
      demonstration_free (self);
      return;
    }
  cli_read_say (read);
  g_ptr_array_add (self->reads, read);
  if (self->reads->len == EVENT_AT)
    push (self);
  else
    step (self);
}

static void
step (Demonstration *self)
{
  if (self->reads->len < N_READS)
    cli_read_list (self->session, self->query, read_done, self);
  else
    finish (self);
}

static void
event_opened (CliSession *session)
{
  Demonstration *self = g_new0 (Demonstration, 1);

  self->session = session;
  self->id = cli_options_get_n_words (session->options) > 0
                 ? cli_options_get_words (session->options)[0]
                 : session->options->id;
  self->query = vlive_query_new ();
  self->reads = g_ptr_array_new_with_free_func ((GDestroyNotify) cli_read_free);
  self->stream = vlive_manual_stream_new ();
  vlive_store_set_live_stream (session->store, VLIVE_LIVE_STREAM (self->stream));
  step (self);
}

void
cli_event_then_list (CliSession *session)
{
  GError *error = NULL;

  if (session->options->id == NULL || cli_options_get_n_words (session->options) == 0)
    {
      cli_session_open (session, event_opened);
      return;
    }
  error = g_error_new (CLI_ERROR, CLI_ERROR_USAGE, _ ("the id is given twice"));
  cli_session_fail (session, error);
}
