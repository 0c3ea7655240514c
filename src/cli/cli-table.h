/* cli-table.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

/* How wide the output may be and whether it may shine. */
typedef struct
{
  guint    width;   /* in columns; 0: as wide as it gets */
  gboolean colour;
} CliStyle;

CliStyle cli_style_for_stdout (void);

/*
 * Records as columns of text: one line each, below their names. On a terminal
 * the widest columns are cut so that a line fits. "" for no records.
 */
char *cli_table_dup_rows   (VliveRecord * const *records,
                            gsize                n_records,
                            VliveSchema         *schema,
                            const char          *id_column,
                            const CliStyle      *style);
/* One record, a line a field. */
char *cli_table_dup_record (VliveRecord         *record,
                            const char          *id_column,
                            const CliStyle      *style);
/* "name  value" lines, from pairs; the last name is NULL. */
char *cli_table_dup_pairs  (const char * const  *pairs,
                            const CliStyle      *style);

G_END_DECLS
