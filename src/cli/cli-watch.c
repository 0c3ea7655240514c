/* cli-watch.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli-commands.h"
#include "cli-json.h"
#include "cli-text.h"

/* The longest value of a field, in columns. */
#define MAX_VALUE 60

/* A line for each change, until there were enough or somebody has. */
typedef struct
{
  CliSession *session;     /* borrowed */
  VliveLiveStream *stream; /* owned */
  gulong cancelled;        /* handler */
  guint reader;            /* source: nobody reads any more; 0: none */
  guint ending;            /* source, 0: none */
  guint n_changes;
  gboolean ready;
  gboolean over;
} Watch;

static const char *
get_kind (VliveChangeEvent *event)
{
  switch (vlive_change_event_get_kind (event))
    {
    case VLIVE_CHANGE_INSERTED:
      return "inserted";
    case VLIVE_CHANGE_UPDATED:
      return "updated";
    case VLIVE_CHANGE_DELETED:
      return "deleted";
    case VLIVE_CHANGE_CHANGED:
    default:
      return "changed";
    }
}

static void
watch_free (Watch *self)
{
  g_clear_signal_handler (&self->cancelled, self->session->cancellable);
  g_clear_handle_id (&self->reader, g_source_remove);
  g_clear_handle_id (&self->ending, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->stream, self);
  g_clear_object (&self->stream);
  g_free (self);
}

static gboolean
end_cb (gpointer user_data)
{
  Watch *self = user_data;
  CliSession *session = self->session;
  const GError *error =
      vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (self->stream));
  gboolean failed =
      vlive_live_stream_get_state (self->stream) == VLIVE_STREAM_FAILED && !self->over;
  GError *failure = failed ? g_error_copy (error) : NULL;

  self->ending = 0;
  watch_free (self);
  if (failure != NULL)
    cli_session_fail_to_open (session, failure);
  else
    cli_session_done (session, CLI_EXIT_DONE);

  return G_SOURCE_REMOVE;
}

/* Not from inside a signal of what goes with it. */
static void
end (Watch *self)
{
  if (self->ending == 0)
    self->ending = g_idle_add (end_cb, self);
}

/* Whoever reads it sees it now, or there is nobody. */
static void
print (Watch *self, const char *line)
{
  cli_text_print_line (line);
  if (fflush (stdout) == 0)
    return;
  self->over = TRUE;
  end (self);
}

static void
print_kind (Watch *self, const char *kind)
{
  g_autoptr (GString) json = g_string_new ("{");

  cli_json_append_text (json, "kind", kind);
  g_string_append_c (json, '}');
  print (self, self->session->options->json ? json->str : kind);
}

/* What JSON cannot say (NaN) is left out, and said. */
static void
append_record_json (GString *json, VliveRecord *record)
{
  g_autoptr (GString) object = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (cli_json_append_record (object, record, "id", &error))
    {
      cli_json_append_name (json, "record");
      g_string_append (json, object->str);
    }
  else
    {
      cli_json_append_null (json, "record");
      cli_text_say ("vlive: %s", error->message);
    }
}

static char *
dup_json (VliveChangeEvent *event)
{
  VliveRecord *record = vlive_change_event_get_record (event);
  GString *json = g_string_new ("{");

  cli_json_append_text (json, "kind", get_kind (event));
  if (vlive_change_event_get_id (event) != NULL)
    cli_json_append_text (json, "id", vlive_change_event_get_id (event));
  if (record != NULL)
    append_record_json (json, record);
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

static void
append_fields (GString *text, VliveRecord *record)
{
  for (guint i = 0; i < vlive_record_get_n_fields (record); i++)
    {
      const char *name = vlive_record_get_field_name (record, i);
      g_autofree char *value = vlive_record_dup_field_text (record, name);
      g_autofree char *shown_name = cli_text_shorten (name, MAX_VALUE);
      g_autofree char *shown = cli_text_shorten (value, MAX_VALUE);

      if (strcmp (name, "id") == 0)
        continue;
      if (vlive_record_get_field_type (record, name) == VLIVE_VALUE_NULL)
        g_string_append_printf (text, "  %s:=null", shown_name);
      else
        g_string_append_printf (text, "  %s=%s", shown_name, shown);
    }
}

/* "inserted d  name=Donut  price=5", cut to the terminal. */
static char *
dup_text (VliveChangeEvent *event)
{
  g_autoptr (GString) text = g_string_new (get_kind (event));
  VliveRecord *record = vlive_change_event_get_record (event);
  const char *id = vlive_change_event_get_id (event);
  guint width = cli_text_get_terminal_width (STDOUT_FILENO);

  if (id != NULL)
    {
      g_autofree char *shown = cli_text_shorten (id, MAX_VALUE);

      g_string_append_printf (text, " %s", shown);
    }
  if (record != NULL)
    append_fields (text, record);

  return cli_text_ellipsize (text->str, width > 0 ? width : G_MAXUINT);
}

/* Enough is enough, however many came at once. */
static void
note_change (Watch *self)
{
  guint count = self->session->options->n_changes;

  self->n_changes++;
  if (count != 0 && self->n_changes >= count)
    {
      self->over = TRUE;
      end (self);
    }
}

static void
event_cb (VliveLiveStream *stream, VliveChangeEvent *event, gpointer user_data)
{
  Watch *self = user_data;
  g_autofree char *line = NULL;

  if (self->over)
    return;
  line = self->session->options->json ? dup_json (event) : dup_text (event);
  print (self, line);
  note_change (self);
}

/* What was lost may have been anything. */
static void
up_cb (VliveLiveStream *stream, gboolean resumed, gpointer user_data)
{
  Watch *self = user_data;

  if (self->over)
    return;
  if (!self->ready)
    print_kind (self, "ready");
  else if (!resumed)
    {
      print_kind (self, "changed");
      note_change (self);
    }
  self->ready = TRUE;
}

static void
state_cb (VliveLiveStream *stream, GParamSpec *pspec, gpointer user_data)
{
  Watch *self = user_data;
  VliveStreamState state = vlive_live_stream_get_state (stream);
  const GError *error = vlive_local_stream_get_error (VLIVE_LOCAL_STREAM (stream));

  if (state == VLIVE_STREAM_FAILED)
    end (self);
  else if (state == VLIVE_STREAM_WAITING && !self->over)
    {
      g_autofree char *reason = cli_text_shorten (error->message, CLI_TEXT_LINE);

      cli_text_say (_ ("vlive: trying again: %s"), reason);
    }
}

static void
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Watch *self = user_data;

  self->over = TRUE;
  end (self);
}

static gboolean
reader_gone_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Watch *self = user_data;

  self->reader = 0;
  self->over = TRUE;
  end (self);

  return G_SOURCE_REMOVE;
}

static void
watch_opened (CliSession *session)
{
  Watch *self = g_new0 (Watch, 1);

  self->session = session;
  self->stream = vlive_master_create_stream (session->master);
  self->cancelled = g_signal_connect (session->cancellable, "cancelled",
                                      G_CALLBACK (cancelled_cb), self);
  /* A pipe whose other end was closed, before there is anything to write. */
  self->reader =
      g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_HUP, reader_gone_cb, self);
  g_signal_connect (self->stream, "up", G_CALLBACK (up_cb), self);
  g_signal_connect (self->stream, "event", G_CALLBACK (event_cb), self);
  g_signal_connect (self->stream, "notify::state", G_CALLBACK (state_cb), self);
  vlive_live_stream_start (self->stream);
}

void
cli_watch (CliSession *session)
{
  cli_session_open_master (session, watch_opened);
}
