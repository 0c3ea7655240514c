/* cli-transfer.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "cli-commands.h"
#include "cli-json.h"
#include "cli-text.h"
#include "cli-verbs.h"

/* An import or an export on its way. */
typedef struct
{
  CliSession *session;
  GFile *file; /* owned */
  VliveImportFormat format;
  gint64 started; /* monotonic, µs */
  gboolean told;  /* a line of progress stands on the terminal */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->file);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static gboolean
get_format (CliSession *session, VliveImportFormat *format, GError **error)
{
  const char *path = cli_options_get_words (session->options)[0];
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autofree char *shown = NULL;

  if (g_str_has_suffix (lower, ".csv"))
    *format = VLIVE_IMPORT_CSV;
  else if (g_str_has_suffix (lower, ".json"))
    *format = VLIVE_IMPORT_JSON;
  else
    {
      shown = cli_text_shorten (path, 120);
      g_set_error (error, CLI_ERROR, CLI_ERROR_USAGE,
                   _ ("“%s”: the name of the file must end in .csv or .json"), shown);
      return FALSE;
    }

  return TRUE;
}

static Call *
call_new (CliSession *session)
{
  Call *call = g_new0 (Call, 1);

  call->session = session;
  call->file =
      g_file_new_for_commandline_arg (cli_options_get_words (session->options)[0]);
  get_format (session, &call->format, NULL);
  call->started = g_get_monotonic_time ();

  return call;
}

static void
progress_cb (guint64 bytes, guint64 total_bytes, guint64 rows, gpointer user_data)
{
  Call *call = user_data;
  g_autofree char *share = NULL;

  if (!isatty (STDERR_FILENO))
    return;
  call->told = TRUE;
  if (total_bytes > 0)
    share = g_strdup_printf (_ (", %d %%"),
                             (int) (100.0 * (double) bytes / (double) total_bytes));
  g_printerr ("\r%llu%s\033[K", (unsigned long long) rows, share != NULL ? share : "");
}

static void
finish (Call *call, gboolean import, gint64 rows, GError *error)
{
  CliSession *session = call->session;
  g_autoptr (GString) document = g_string_new ("{");
  g_autofree char *path =
      g_filename_display_name (cli_options_get_words (session->options)[0]);
  g_autofree char *text = NULL;

  if (call->told)
    g_printerr ("\r\033[K");
  if (rows < 0)
    {
      cli_session_fail (session, error);
      return;
    }

  cli_json_append_text (document, "file", path);
  cli_json_append_text (document, "table", vlive_master_get_name (session->master));
  cli_json_append_integer (document, "rows", rows);
  if (import)
    cli_json_append_boolean (document, "replaced", session->options->replace);
  cli_json_append_integer (document, "elapsed_us",
                           g_get_monotonic_time () - call->started);
  g_string_append_c (document, '}');
  text = g_strdup_printf (import ? ngettext ("%lld row imported", "%lld rows imported",
                                             (gulong) rows)
                                 : ngettext ("%lld row exported", "%lld rows exported",
                                             (gulong) rows),
                          (long long) rows);
  cli_session_print (session, text, document);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  GError *error = NULL;
  gint64 rows =
      vlive_local_master_import_finish (VLIVE_LOCAL_MASTER (source), result, &error);

  finish (call, TRUE, rows, error);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  GError *error = NULL;
  gint64 rows =
      vlive_local_master_export_finish (VLIVE_LOCAL_MASTER (source), result, &error);

  finish (call, FALSE, rows, error);
}

static void
import_opened (CliSession *session)
{
  Call *call = call_new (session);

  vlive_local_master_import_async (VLIVE_LOCAL_MASTER (session->master), call->file,
                                   call->format, session->options->replace, progress_cb,
                                   call, NULL, session->cancellable, imported_cb, call);
}

static void
export_opened (CliSession *session)
{
  Call *call = call_new (session);

  vlive_local_master_export_async (VLIVE_LOCAL_MASTER (session->master), call->file,
                                   call->format, progress_cb, call, NULL,
                                   session->cancellable, exported_cb, call);
}

/* A name that says no format costs no opening of files. */
static void
open_for_file (CliSession *session, CliRunFunc opened)
{
  VliveImportFormat format;
  GError *error = NULL;

  if (get_format (session, &format, &error))
    cli_session_open_master (session, opened);
  else
    cli_session_fail (session, error);
}

void
cli_import (CliSession *session)
{
  open_for_file (session, import_opened);
}

void
cli_export (CliSession *session)
{
  open_for_file (session, export_opened);
}
