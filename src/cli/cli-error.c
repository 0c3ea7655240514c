/* cli-error.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-error.h"

#include "cli-json.h"
#include "cli-text.h"

G_DEFINE_QUARK (cli - error - quark, cli_error)

CliExit
cli_error_get_exit (const GError *error, gboolean names_record)
{
  if (g_error_matches (error, CLI_ERROR, CLI_ERROR_USAGE))
    return CLI_EXIT_USAGE;
  if (names_record && g_error_matches (error, VLIVE_ERROR, VLIVE_ERROR_NOT_FOUND))
    return CLI_EXIT_NO_RECORD;

  return CLI_EXIT_FAILED;
}

static const char *
get_nick (GType type, int code)
{
  GEnumClass *klass = g_type_class_ref (type);
  GEnumValue *value = g_enum_get_value (klass, code);
  /* Nicks are static: they outlive the class. */
  const char *nick = value != NULL ? value->value_nick : "failed";

  g_type_class_unref (klass);

  return nick;
}

const char *
cli_error_get_code (const GError *error)
{
  if (error->domain == VLIVE_ERROR)
    return get_nick (VLIVE_TYPE_ERROR, error->code);
  if (g_error_matches (error, CLI_ERROR, CLI_ERROR_USAGE))
    return "usage";
  if (g_error_matches (error, CLI_ERROR, CLI_ERROR_INTERRUPTED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "interrupted";

  return "failed";
}

void
cli_error_report (const GError *error, gboolean json)
{
  g_autofree char *line = cli_text_shorten (error->message, CLI_TEXT_LINE);

  cli_text_say ("vlive: %s", line);
  if (json)
    {
      g_autoptr (GString) document = g_string_new ("{\"error\": {");

      cli_json_append_text (document, "code", cli_error_get_code (error));
      cli_json_append_text (document, "message", line);
      g_string_append (document, "}}");
      cli_text_print_line (document->str);
    }
}
