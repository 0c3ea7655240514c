/* test-text.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cli-text.h"

#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

static void
assert_clean (const char *text, const char *expected)
{
  g_autofree char *clean = cli_text_clean (text);

  g_assert_cmpstr (clean, ==, expected);
}

/* Nothing a master answers moves the cursor, ends the line or turns it. */
static void
test_text_clean (void)
{
  assert_clean ("", "");
  assert_clean ("Café – 菓子", "Café – 菓子");
  assert_clean ("one\ntwo\tthree\r", "one\\ntwo\\tthree\\r");
  assert_clean ("\033[31mred\033]0;title\a", "\\x1b[31mred\\x1b]0;title\\x07");
  assert_clean ("\302\233", "\\x9b");
  assert_clean ("\177", "\\x7f");
  assert_clean ("a\342\200\256b", "a\\u202eb");
  assert_clean ("a\342\201\246b", "a\\u2066b");
  assert_clean ("a\342\200\250b", "a\\u2028b");
  assert_clean ("\377\376", "��");
}

static void
test_text_width (void)
{
  g_assert_cmpuint (cli_text_get_width (""), ==, 0);
  g_assert_cmpuint (cli_text_get_width ("abc"), ==, 3);
  g_assert_cmpuint (cli_text_get_width ("é"), ==, 1);
  /* One that combines, and two that are wide. */
  g_assert_cmpuint (cli_text_get_width ("e\314\201"), ==, 1);
  g_assert_cmpuint (cli_text_get_width ("菓子"), ==, 4);
}

static void
assert_cut (const char *text, guint width, const char *expected)
{
  g_autofree char *cut = cli_text_ellipsize (text, width);

  g_assert_cmpstr (cut, ==, expected);
  g_assert_cmpuint (cli_text_get_width (cut), <=, width);
}

static void
test_text_ellipsize (void)
{
  assert_cut ("Apple Pie", 9, "Apple Pie");
  assert_cut ("Apple Pie", 8, "Apple P…");
  assert_cut ("Apple Pie", 1, "…");
  assert_cut ("Apple Pie", 0, "");
  /* No half of a wide character: the line is shorter then. */
  assert_cut ("菓子パン", 8, "菓子パン");
  assert_cut ("菓子パン", 7, "菓子パ…");
  assert_cut ("菓子パン", 6, "菓子…");
}

static void
test_text_shorten (void)
{
  g_autofree char *whole = cli_text_shorten ("short\nenough", 40);
  g_autofree char *many = g_strnfill (100 * 1024, 'x');
  g_autofree char *long_text = g_strconcat ("begin", many, "end", NULL);
  g_autofree char *cut = cli_text_shorten (long_text, 40);

  g_assert_cmpstr (whole, ==, "short\\nenough");
  g_assert_true (g_str_has_prefix (cut, "beginxxx"));
  g_assert_true (g_str_has_suffix (cut, "xend"));
  g_assert_nonnull (strstr (cut, " … "));
  g_assert_cmpuint (cli_text_get_width (cut), <=, 40);
}

static void
test_text_terminal (void)
{
  int fd = open ("/dev/null", O_RDWR | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpuint (cli_text_get_terminal_width (fd), ==, 0);
  g_assert_false (cli_text_wants_colour (fd));
  close (fd);
}

static void
assert_age (gint64 microseconds, const char *expected)
{
  g_autofree char *age = cli_text_dup_age (microseconds);

  g_assert_cmpstr (age, ==, expected);
}

static void
test_text_age (void)
{
  const gint64 s = G_USEC_PER_SEC;

  assert_age (0, "0.0 s old");
  assert_age (9 * s + 940000, "9.9 s old");
  assert_age (10 * s, "10 s old");
  assert_age (119 * s, "119 s old");
  assert_age (120 * s, "2 min old");
  assert_age (119 * 60 * s, "119 min old");
  assert_age (2 * 3600 * s, "2 h old");
  assert_age (47 * 3600 * s, "47 h old");
  assert_age (48 * 3600 * s, "2 days old");
  assert_age (1000 * 86400 * s, "1000 days old");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/text/clean", test_text_clean);
  g_test_add_func ("/cli/text/width", test_text_width);
  g_test_add_func ("/cli/text/ellipsize", test_text_ellipsize);
  g_test_add_func ("/cli/text/shorten", test_text_shorten);
  g_test_add_func ("/cli/text/age", test_text_age);
  g_test_add_func ("/cli/text/terminal", test_text_terminal);

  return g_test_run ();
}
