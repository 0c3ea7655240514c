/* cli-text.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-text.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static gboolean
turns_direction (gunichar c)
{
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069);
}

static void
append_escape (GString *clean, gunichar c)
{
  switch (c)
    {
    case '\n':
      g_string_append (clean, "\\n");
      break;

    case '\r':
      g_string_append (clean, "\\r");
      break;

    case '\t':
      g_string_append (clean, "\\t");
      break;

    default:
      g_string_append_printf (clean, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
      break;
    }
}

char *
cli_text_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *clean = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* U+2028 and U+2029 end lines too. */
      if (g_unichar_iscntrl (c) || turns_direction (c) || c == 0x2028 || c == 0x2029)
        append_escape (clean, c);
      else
        g_string_append_unichar (clean, c);
    }

  return g_string_free (clean, FALSE);
}

static guint
get_char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;

  return g_unichar_iswide (c) ? 2 : 1;
}

guint
cli_text_get_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += get_char_width (g_utf8_get_char (p));

  return width;
}

/* The bytes of @text that fill at most @width columns. */
static gsize
fit (const char *text, guint width)
{
  const char *p = text;
  guint used = 0;

  while (*p != '\0')
    {
      used += get_char_width (g_utf8_get_char (p));
      if (used > width)
        break;
      p = g_utf8_next_char (p);
    }

  return p - text;
}

char *
cli_text_ellipsize (const char *text, guint width)
{
  gsize n;

  if (cli_text_get_width (text) <= width)
    return g_strdup (text);
  if (width == 0)
    return g_strdup ("");
  n = fit (text, width - 1);

  return g_strdup_printf ("%.*s…", (int) n, text);
}

char *
cli_text_shorten (const char *text, guint width)
{
  g_autofree char *clean = cli_text_clean (text);
  guint whole = cli_text_get_width (clean);
  guint head = width * 3 / 4;
  const char *tail;

  if (whole <= width)
    return g_steal_pointer (&clean);
  /* Its end too: that is where a message gives its reason. */
  tail = clean + fit (clean, whole - (width - head - 3));

  return g_strdup_printf ("%.*s … %s", (int) fit (clean, head), clean, tail);
}

char *
cli_text_dup_age (gint64 age_us)
{
  gint64 seconds = age_us / G_USEC_PER_SEC;

  if (seconds < 10)
    return g_strdup_printf (_ ("%.1f s old"), (double) age_us / G_USEC_PER_SEC);
  if (seconds < 120)
    return g_strdup_printf (_ ("%d s old"), (int) seconds);
  if (seconds < 2 * 3600)
    return g_strdup_printf (_ ("%d min old"), (int) (seconds / 60));
  if (seconds < 2 * 86400)
    return g_strdup_printf (_ ("%d h old"), (int) (seconds / 3600));

  return g_strdup_printf (_ ("%lld days old"), (long long) (seconds / 86400));
}

guint
cli_text_get_terminal_width (int fd)
{
  struct winsize size = { 0 };

  if (!isatty (fd))
    return 0;
  if (ioctl (fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;

  return size.ws_col;
}

gboolean
cli_text_wants_colour (int fd)
{
  const char *no_colour = g_getenv ("NO_COLOR");

  if (no_colour != NULL && no_colour[0] != '\0')
    return FALSE;

  return isatty (fd) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

void
cli_text_say (const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  line = g_strconcat (message, "\n", NULL);
  g_printerr ("%s", line);
}

void
cli_text_print_line (const char *line)
{
  /* Failures are found when the stream is flushed at the end. */
  fputs (line, stdout);
  fputc ('\n', stdout);
}
