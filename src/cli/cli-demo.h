/* cli-demo.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

/* How the master of `vlive demo` is to be. */
typedef struct
{
  /* As they were given; owned, NULL: not given. */
  char     *rows;
  char     *seed;
  char     *latency;
  char     *errors;
  char     *kind;
  char     *total;
  char     *writes;
  char    **odd;
  gboolean  offline;

  /* What that means. */
  guint64   n_rows;
  guint     seed_number;
  guint     latency_min;
  guint     latency_max;
  double    error_rate;
  guint     kind_index;
  guint     total_index;
  guint     writes_index;
  guint     odd_bits;
} CliDemo;

/* Understands what was given; a usage error for what makes no sense. */
gboolean     cli_demo_init  (CliDemo  *self,
                             GError  **error);
void         cli_demo_clear (CliDemo  *self);
VliveMaster *cli_demo_open  (CliDemo  *self);

G_END_DECLS
