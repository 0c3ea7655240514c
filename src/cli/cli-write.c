/* cli-write.c
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
#include "cli-values.h"
#include "cli-verbs.h"

/* A write on its way. */
typedef struct
{
  CliSession *session;
  VliveWrite *write; /* owned */
  gint64 started;    /* monotonic, µs */
} Call;

static void
call_free (Call *call)
{
  g_clear_object (&call->write);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static const char *
get_state (Call *call)
{
  switch (vlive_write_get_state (call->write))
    {
    case VLIVE_WRITE_QUEUED:
      return "queued";

    case VLIVE_WRITE_DURABLE:
      return "durable";

    case VLIVE_WRITE_SENDING:
      return "sending";

    case VLIVE_WRITE_APPLIED:
      return "applied";

    case VLIVE_WRITE_IN_CONFLICT:
      return "conflict";

    case VLIVE_WRITE_UNKNOWN:
      return "unknown";

    case VLIVE_WRITE_CANCELLED:
      return "cancelled";

    case VLIVE_WRITE_MERGED:
      return "merged";

    case VLIVE_WRITE_REJECTED:
    default:
      return "rejected";
    }
}

static gboolean
append_json (Call *call, const GError *reason, GString *json, GError **error)
{
  VliveRecord *record = vlive_write_get_record (call->write);

  g_string_append_c (json, '{');
  cli_json_append_text (json, "id", vlive_write_get_id (call->write));
  cli_json_append_text (json, "uuid", vlive_write_get_uuid (call->write));
  cli_json_append_text (json, "state", get_state (call));
  cli_json_append_name (json, "record");
  if (record == NULL)
    g_string_append (json, "null");
  else if (!cli_json_append_record (json, record,
                                    cli_session_get_id_column (call->session), error))
    return FALSE;
  cli_json_append_text (json, "error", reason != NULL ? reason->message : NULL);
  g_string_append_c (json, '}');

  return TRUE;
}

static char *
dup_text (Call *call)
{
  const char *id = vlive_write_get_id (call->write);
  g_autofree char *shown = cli_text_clean (id != NULL ? id : "?");

  switch (vlive_write_get_op (call->write))
    {
    case VLIVE_WRITE_INSERT:
      return g_strdup_printf (_ ("added %s"), shown);

    case VLIVE_WRITE_DELETE:
    case VLIVE_WRITE_DELETE_ALL:
      return g_strdup_printf (_ ("deleted %s"), shown);

    case VLIVE_WRITE_REPLACE:
    case VLIVE_WRITE_PATCH:
    default:
      return g_strdup_printf (_ ("changed %s"), shown);
    }
}

static void
say (Call *call, gint64 elapsed_us)
{
  VliveDescription *description = vlive_master_get_description (call->session->master);

  cli_text_say (_ ("%s: %lld µs, write %s, key %s"), get_state (call),
                (long long) elapsed_us, vlive_write_get_uuid (call->write),
                vlive_store_get_cache_key (call->session->store));
  if (description != NULL
      && (vlive_description_get_capabilities (description) & VLIVE_KEEPS_WRITES) == 0)
    cli_text_say (_ ("note: this server says yes and keeps nothing"));
}

static void
print (Call *call, const GError *reason)
{
  CliSession *session = call->session;
  g_autoptr (GString) document = g_string_new (NULL);
  g_autofree char *text = NULL;
  GError *error = NULL;

  if (session->options->json && !append_json (call, reason, document, &error))
    {
      cli_session_fail (session, error);
      return;
    }
  if (reason == NULL)
    {
      text = dup_text (call);
      cli_session_print (session, text, document);
      return;
    }

  /* The document says it all: a second one for the failure would be one too
   * many. */
  cli_error_report (reason, FALSE);
  if (session->options->json)
    cli_text_print_line (document->str);
  cli_session_done (session, cli_session_get_exit (session, reason));
}

/* Takes @error; NULL: it was applied. */
static void
finish (Call *written, gint64 now, GError *error)
{
  g_autoptr (Call) call = written;
  g_autoptr (GError) reason = error;

  if (reason == NULL)
    {
      say (call, now - call->started);
      print (call, NULL);
    }
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cli_session_fail (call->session, g_steal_pointer (&reason));
  else
    print (call, reason);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();
  GError *error = NULL;

  vlive_store_write_finish (VLIVE_STORE (source), result, &error);
  finish (user_data, now, error);
}

static void
start (CliSession *session, VliveWriteOp op, const char *id, VliveRecord *fields)
{
  Call *call = g_new0 (Call, 1);

  call->session = session;
  call->write = vlive_write_new (op, id, fields);
  call->started = g_get_monotonic_time ();
  vlive_store_write_async (session->store, call->write, session->cancellable,
                           written_cb, call);
}

static gboolean
is_product (const char *const *words)
{
  return words[0] != NULL && words[1] != NULL && words[2] == NULL
         && strchr (words[0], '=') == NULL;
}

/* Typed by the schema, as far as there is one yet. */
static VliveRecord *
dup_fields (CliSession *session, GError **error)
{
  const char *const *words = cli_options_get_words (session->options);
  gboolean names_id = session->options->verb->names != CLI_NAMES_NOTHING;

  if (session->options->verb->names == CLI_NAMES_ID && is_product (words + 1))
    return cli_values_dup_product (words[1], words[2], error);

  return cli_values_dup_fields (words + (names_id ? 1 : 0),
                                cli_session_get_schema (session),
                                cli_session_get_id_column (session), !names_id, error);
}

/* What makes no sense whatever the schema is costs no opening of files. */
static void
open_with_fields (CliSession *session, CliRunFunc opened)
{
  g_autoptr (VliveRecord) fields = NULL;
  GError *error = NULL;

  fields = dup_fields (session, &error);
  if (fields != NULL)
    cli_session_open (session, opened);
  else
    cli_session_fail (session, error);
}

static void
add (CliSession *session)
{
  const char *const *words = cli_options_get_words (session->options);
  g_autoptr (VliveRecord) fields = NULL;
  const char *id = NULL;
  GError *error = NULL;

  fields = dup_fields (session, &error);
  if (fields == NULL)
    {
      cli_session_fail (session, error);
      return;
    }
  if (session->options->verb->names == CLI_NAMES_ID)
    id = words[0];
  else if (vlive_record_is_addressable (fields))
    id = vlive_record_get_id (fields);
  start (session, VLIVE_WRITE_INSERT, id, fields);
}

static void
set (CliSession *session)
{
  const char *const *words = cli_options_get_words (session->options);
  g_autoptr (VliveRecord) fields = NULL;
  GError *error = NULL;

  fields = dup_fields (session, &error);
  if (fields != NULL)
    start (session, VLIVE_WRITE_PATCH, words[0], fields);
  else
    cli_session_fail (session, error);
}

/* Is there a FIELD=VALUE, whose type a schema has to tell? */
static gboolean
needs_schema (CliSession *session)
{
  const char *const *words = cli_options_get_words (session->options);

  for (gsize i = session->options->verb->names != CLI_NAMES_NOTHING ? 1 : 0;
       words[i] != NULL; i++)
    {
      const char *sign = strchr (words[i], '=');

      if (sign != NULL && sign > words[i] && sign[-1] != ':')
        return TRUE;
    }

  return FALSE;
}

static void
described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CliSession *session = user_data;
  g_autoptr (VliveDescription) description = NULL;
  GError *error = NULL;

  description = vlive_master_describe_finish (VLIVE_MASTER (source), result, &error);
  if (description == NULL)
    cli_session_fail_to_open (session, error);
  else if (session->options->verb->run == cli_add)
    add (session);
  else
    set (session);
}

/* A collection that nobody has described shows its types in a few of its
 * rows: a number must not become a text because it was typed here. */
static gboolean
ask_for_schema (CliSession *session)
{
  if (session->absent || cli_session_get_schema (session) != NULL
      || !needs_schema (session))
    return FALSE;
  vlive_master_describe_async (VLIVE_MASTER (session->store), session->cancellable,
                               described_cb, session);

  return TRUE;
}

static void
add_opened (CliSession *session)
{
  if (!ask_for_schema (session))
    add (session);
}

void
cli_add (CliSession *session)
{
  open_with_fields (session, add_opened);
}

static void
set_opened (CliSession *session)
{
  if (!ask_for_schema (session))
    set (session);
}

void
cli_set (CliSession *session)
{
  open_with_fields (session, set_opened);
}

static void
delete_opened (CliSession *session)
{
  start (session, VLIVE_WRITE_DELETE, cli_options_get_words (session->options)[0],
         NULL);
}

void
cli_delete (CliSession *session)
{
  cli_session_open (session, delete_opened);
}
