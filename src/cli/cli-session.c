/* cli-session.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-session.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>

#include "cli-open.h"
#include "cli-story.h"
#include "cli-text.h"
#include "cli-verbs.h"

/* How long the files may take to close behind a verb that is done. */
#define SETTLE_US (3 * G_USEC_PER_SEC)

static void
drop_signals (CliSession *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->signals); i++)
    g_clear_handle_id (&self->signals[i], g_source_remove);
}

static gboolean
interrupt_cb (gpointer user_data)
{
  CliSession *self = user_data;

  /* The next one ends the process the hard way. */
  drop_signals (self);
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static void
init (CliSession *self, CliOptions *options)
{
  self->options = options;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  self->signals[0] = g_unix_signal_add (SIGINT, interrupt_cb, self);
  self->signals[1] = g_unix_signal_add (SIGTERM, interrupt_cb, self);
  self->on_pipe = signal (SIGPIPE, SIG_IGN);
}

static void
clear (CliSession *self)
{
  drop_signals (self);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

/* Whoever read our output has had enough (`| head`). Everything is closed by
 * now, and we end as any other program would: without a word. */
static void
end_by_pipe (CliSession *self)
{
  if (self->on_pipe != SIG_DFL)
    return;
  signal (SIGPIPE, SIG_DFL);
  raise (SIGPIPE);
}

/* What was printed may still be in the stream's buffer, and the disk full. */
static void
flush (CliSession *self)
{
  g_autoptr (GError) error = NULL;

  if (fflush (stdout) == 0 && !ferror (stdout))
    return;
  if (errno == EPIPE)
    end_by_pipe (self);
  g_set_error (&error, CLI_ERROR, CLI_ERROR_OUTPUT, _ ("cannot write the output: %s"),
               g_strerror (errno));
  cli_error_report (error, FALSE);
  if (self->exit == CLI_EXIT_DONE)
    self->exit = CLI_EXIT_FAILED;
}

CliExit
cli_session_run (CliOptions *options)
{
  CliSession self = { 0 };

  init (&self, options);
  if (options->debug)
    cli_story_begin ();
  options->verb->run (&self);
  g_main_loop_run (self.loop);
  flush (&self);
  clear (&self);

  return self.exit;
}

static gboolean
settle_cb (gpointer user_data)
{
  CliSession *self = user_data;
  g_autofree char *census = vlive_debug_census ();

  if (census[0] != '\0' && g_get_monotonic_time () < self->deadline)
    return G_SOURCE_CONTINUE;
  self->settling = 0;
  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

/* Files are closed behind our back, by the threads that own them. Ending the
 * process before they have would leave a cache that was not closed cleanly. */
static void
settle (CliSession *self)
{
  g_clear_object (&self->store);
  g_clear_object (&self->master);
  g_clear_object (&self->cache);
  self->deadline = g_get_monotonic_time () + SETTLE_US;
  self->settling = g_timeout_add (1, settle_cb, self);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!vlive_store_close_finish (self->store, result, &error))
    {
      cli_error_report (error, FALSE);
      if (self->exit == CLI_EXIT_DONE)
        self->exit = CLI_EXIT_FAILED;
    }
  if (self->options->debug)
    cli_story_tell_ledger (self->store);
  settle (self);
}

void
cli_session_done (CliSession *self, CliExit exit)
{
  self->exit = exit;
  if (self->store != NULL)
    vlive_store_close_async (self->store, closed_cb, self);
  else
    settle (self);
}

/* Takes @error. */
static void
fail (CliSession *self, GError *error, CliExit exit)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      error = g_error_new (CLI_ERROR, CLI_ERROR_INTERRUPTED, _ ("interrupted"));
    }
  cli_error_report (error, self->options->json);
  cli_session_done (self, exit);
  g_error_free (error);
}

CliExit
cli_session_get_exit (CliSession *self, const GError *error)
{
  return cli_error_get_exit (error, self->options->verb->names == CLI_NAMES_RECORD);
}

void
cli_session_fail_to_open (CliSession *self, GError *error)
{
  fail (self, error, CLI_EXIT_FAILED);
}

void
cli_session_fail (CliSession *self, GError *error)
{
  fail (self, error, cli_session_get_exit (self, error));
}

void
cli_session_print (CliSession *self, const char *text, GString *document)
{
  if (self->options->json)
    cli_text_print_line (document->str);
  else if (text != NULL && text[0] != '\0')
    cli_text_print_line (text);
  cli_session_done (self, CLI_EXIT_DONE);
}

static void
opened_cache_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *self = user_data;
  VliveCacheStatistics statistics;
  GError *error = NULL;

  if (vlive_cache_get_statistics_finish (self->cache, result, &statistics, &error))
    self->opened (self);
  else
    cli_session_fail (self, error);
}

void
cli_session_open_cache (CliSession *self, CliRunFunc opened)
{
  self->opened = opened;
  if (self->cache == NULL)
    self->cache = cli_open_cache (self->options);
  vlive_cache_get_statistics_async (self->cache, self->cancellable, opened_cache_cb,
                                    self);
}

/* The cache comes next, unless the verb has no use for it. */
static void
opened_master (CliSession *self)
{
  if (self->cache != NULL)
    cli_session_open_cache (self, self->opened);
  else
    self->opened (self);
}

/* The first write makes the file and the table. */
static gboolean
makes_table (CliSession *self, const GError *error)
{
  return (self->options->verb->takes & CLI_MAKES_TABLE) != 0
         && g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND);
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *self = user_data;
  g_autoptr (VliveDescription) description = NULL;
  GError *error = NULL;

  description = vlive_master_describe_finish (VLIVE_MASTER (source), result, &error);
  self->absent = makes_table (self, error);
  if (self->absent)
    g_clear_error (&error);
  if (error == NULL)
    opened_master (self);
  else
    cli_session_fail_to_open (self, error);
}

/* A local file is opened by describing it. To describe a REST collection may
 * take a request, which a hit must not make. */
static void
open_master (CliSession *self, VliveMaster *master)
{
  if (VLIVE_IS_LOCAL_MASTER (self->master))
    vlive_master_describe_async (master, self->cancellable, described_cb, self);
  else
    opened_master (self);
}

static gboolean
make_master (CliSession *self, CliRunFunc opened)
{
  GError *error = NULL;

  self->opened = opened;
  self->master = cli_open_master (self->options, &error);
  if (self->master == NULL)
    cli_session_fail (self, error);

  return self->master != NULL;
}

void
cli_session_open_master (CliSession *self, CliRunFunc opened)
{
  if (make_master (self, opened))
    open_master (self, self->master);
}

void
cli_session_open (CliSession *self, CliRunFunc opened)
{
  if (!make_master (self, opened))
    return;
  self->cache = cli_open_cache (self->options);
  self->store =
      vlive_store_new (self->master, self->cache, vlive_master_get_name (self->master));
  open_master (self, VLIVE_MASTER (self->store));
}

VliveSchema *
cli_session_get_schema (CliSession *self)
{
  return self->store != NULL ? vlive_store_get_schema (self->store) : NULL;
}

const char *
cli_session_get_id_column (CliSession *self)
{
  VliveSchema *schema = cli_session_get_schema (self);
  VliveColumn *column = schema != NULL ? vlive_schema_get_id_column (schema) : NULL;

  return column != NULL ? vlive_column_get_name (column) : "id";
}
