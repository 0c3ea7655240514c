/* cli-reading.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

typedef struct
{
  char          *column;   /* owned */
  VliveOperator  op;
  char          *text;     /* owned; not typed yet */
} CliFilter;

/* What the reading options say, checked as far as it can be without a schema. */
typedef struct
{
  guint64     page;        /* from 1; 0: everything */
  guint       limit;       /* 0: everything */
  GArray     *filters;     /* owned, of CliFilter; NULL: none */
  char      **sorts;       /* borrowed; a leading "-" turns the order round */
  const char *search;      /* borrowed, nullable */
} CliReading;

/* A page of this many, when only --page is given. */
#define CLI_READING_LIMIT 10

/* All texts may be NULL. */
gboolean    cli_reading_init      (CliReading    *self,
                                   const char    *page,
                                   const char    *limit,
                                   char         **filters,
                                   char         **sorts,
                                   const char    *search,
                                   GError       **error);
/* A whole number from 1 to @max. */
gboolean    cli_reading_parse_number (const char *option,
                                   const char    *text,
                                   guint64        max,
                                   guint64       *number,
                                   GError       **error);
void        cli_reading_clear     (CliReading    *self);
guint64     cli_reading_get_offset (CliReading   *self);
/* With values typed by @schema, which may be NULL. */
VliveQuery *cli_reading_dup_query (CliReading    *self,
                                   VliveSchema   *schema,
                                   GError       **error);
/* Which part of what is shown, for people: "", "#20+10". Owned. */
char       *cli_reading_dup_window (CliReading   *self);

G_END_DECLS
