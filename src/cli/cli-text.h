/* cli-text.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest message, in columns: one line that still can be read. */
#define CLI_TEXT_LINE 400

/*
 * Text on its way to a terminal. What came from a master may hold anything:
 * control characters, line feeds and what turns the direction of writing are
 * shown as escapes ("\n", "\x1b", "\u202e"), so that no answer can move the
 * cursor or pass for our own words.
 */
char  *cli_text_clean      (const char *text);
/* In columns of a terminal; @text is clean. */
guint  cli_text_get_width  (const char *text);
/* Cuts clean text to @width columns, the last of them "…". */
char  *cli_text_ellipsize  (const char *text,
                            guint       width);
/* Clean, and without its middle when it is wider than @width. */
char  *cli_text_shorten    (const char *text,
                            guint       width);

/* "12 s old". Owned. */
char    *cli_text_dup_age            (gint64 microseconds);

/* 0: not a terminal. */
guint    cli_text_get_terminal_width (int fd);
gboolean cli_text_wants_colour       (int fd);

/* A line to standard error, in the locale's characters, in one write. */
void     cli_text_say                (const char *format,
                                      ...) G_GNUC_PRINTF (1, 2);
/* A line to standard output, as it is: UTF-8. */
void     cli_text_print_line         (const char *line);

G_END_DECLS
