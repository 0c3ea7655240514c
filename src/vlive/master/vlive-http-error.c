/* vlive-http-error.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-http-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "record/vlive-json-private.h"

#define MAX_REASON 300
#define MAX_RETRY_AFTER (120 * G_USEC_PER_SEC)

static VliveError
get_io_code (int code)
{
  switch (code)
    {
    case G_IO_ERROR_TIMED_OUT:
      return VLIVE_ERROR_TIMEOUT;
    case G_IO_ERROR_INVALID_DATA:
    case G_IO_ERROR_INVALID_ARGUMENT:
      return VLIVE_ERROR_INVALID;
    default:
      return VLIVE_ERROR_OFFLINE;
    }
}

static const char *
get_certificate_fault (SoupMessage *message)
{
  GTlsCertificateFlags faults =
      message != NULL ? soup_message_get_tls_peer_certificate_errors (message) : 0;

  if ((faults & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0)
    return " (its certificate was signed by nobody known here)";
  if ((faults & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0)
    return " (its certificate is for another host)";
  if ((faults & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED)) != 0)
    return " (its certificate is not valid today)";
  if (faults != 0)
    return " (its certificate is not acceptable)";

  return "";
}

GError *
_vlive_http_error_new (const GError *cause, SoupMessage *message, const char *url)
{
  if (cause->domain == G_TLS_ERROR)
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                        "%s: No secure connection: %s%s", url, cause->message,
                        get_certificate_fault (message));
  if (cause->domain == G_RESOLVER_ERROR)
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                        "%s: The host was not found: %s", url, cause->message);
  if (cause->domain == SOUP_SESSION_ERROR)
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                        "%s: The answer makes no sense: %s", url, cause->message);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    return g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE,
                        "%s: The answer is truncated: the connection broke off in the "
                        "middle of it",
                        url);
  if (cause->domain == G_IO_ERROR)
    return g_error_new (VLIVE_ERROR, get_io_code (cause->code), "%s: %s", url,
                        cause->message);

  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_OFFLINE, "%s: %s", url, cause->message);
}

/* One line of valid UTF-8 without control characters, and not endless. */
static char *
tidy (const char *text, gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean space = FALSE;

  for (const char *p = valid; p[0] != '\0' && line->len < MAX_REASON;
       p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          space = line->len > 0;
          continue;
        }
      if (space)
        g_string_append_c (line, ' ');
      space = FALSE;
      g_string_append_unichar (line, c);
    }
  if (line->len >= MAX_REASON)
    g_string_append (line, "…");

  return line->len > 0 ? g_string_free (g_steal_pointer (&line), FALSE) : NULL;
}

static char *
dup_node_reason (JsonNode *node, guint depth)
{
  static const char *const names[] = { "message", "error",       "detail", "reason",
                                       "title",   "description", "errors" };

  if (node == NULL || depth > 3)
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return tidy (json_node_get_string (node), -1);
  if (JSON_NODE_HOLDS_ARRAY (node)
      && json_array_get_length (json_node_get_array (node)) > 0)
    return dup_node_reason (json_array_get_element (json_node_get_array (node), 0),
                            depth + 1);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      JsonNode *member = json_object_get_member (json_node_get_object (node), names[i]);
      char *reason = dup_node_reason (member, depth + 1);

      if (reason != NULL)
        return reason;
    }

  return NULL;
}

static char *
dup_json_reason (const char *text, gsize length)
{
  g_autoptr (JsonNode) root = _vlive_json_parse (text, length, NULL, NULL);

  return dup_node_reason (root, 0);
}

/* What stands between the first <@tag> and the next line or end of it. */
static char *
dup_html_reason (const char *html, const char *tag)
{
  g_autofree char *opening = g_strconcat ("<", tag, ">", NULL);
  const char *start = strstr (html, opening);
  const char *end;

  if (start == NULL)
    return NULL;
  start += strlen (opening);
  end = strpbrk (start, "<\n");

  return tidy (start, end != NULL ? end - start : -1);
}

char *
_vlive_http_dup_reason (VliveHttpAnswer *answer)
{
  const char *type = soup_message_headers_get_content_type (answer->headers, NULL);
  gsize length;
  const char *data = g_bytes_get_data (answer->body, &length);
  g_autofree char *text = NULL;
  char *reason;

  if (length == 0)
    return NULL;
  text = g_strstrip (g_strndup (data, length));
  if (text[0] == '<')
    {
      reason = dup_html_reason (text, "pre");
      return reason != NULL ? reason : dup_html_reason (text, "title");
    }
  if (text[0] == '{' || text[0] == '[' || text[0] == '"')
    return dup_json_reason (text, strlen (text));
  /* json-server calls its plain text HTML. Below the first line is a trace. */
  if (type != NULL
      && (strcmp (type, "text/plain") == 0 || strcmp (type, "text/html") == 0))
    return tidy (text, (gssize) strcspn (text, "\n"));

  return NULL;
}

char *
_vlive_http_dup_status (VliveHttpAnswer *answer)
{
  g_autofree char *reason = _vlive_http_dup_reason (answer);
  const char *phrase = soup_status_get_phrase (answer->status);

  /* json-server 1.x answers "Not Found" as its reason. */
  if (reason == NULL || strcmp (reason, phrase) == 0)
    return g_strdup_printf ("%u %s", answer->status, phrase);

  return g_strdup_printf ("%u %s: %s", answer->status, phrase, reason);
}

gint64
_vlive_http_parse_retry_after (const char *value, gint64 now_us)
{
  g_autoptr (GDateTime) date = NULL;
  guint64 seconds;
  gint64 wait_us;

  if (value == NULL)
    return -1;
  /* A number that is too large for 64 bits is a number still. */
  if (g_ascii_isdigit (value[0]))
    {
      seconds = g_ascii_strtoull (value, NULL, 10);
      return (gint64) MIN (seconds, MAX_RETRY_AFTER / G_USEC_PER_SEC) * G_USEC_PER_SEC;
    }
  date = soup_date_time_new_from_http_string (value);
  if (date == NULL)
    return -1;
  wait_us = g_date_time_to_unix (date) * G_USEC_PER_SEC - now_us;

  return CLAMP (wait_us, 0, MAX_RETRY_AFTER);
}
