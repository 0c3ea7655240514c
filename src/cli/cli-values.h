/* cli-values.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "vlive.h"

G_BEGIN_DECLS

/* The longest id, table, resource, filter, sort or search text, in bytes. A
 * field's value may be as long as the system lets an argument be. */
#define CLI_VALUES_MAX_NAME 8192

/* Not empty, UTF-8, not too long; @what names it in the message. */
gboolean     cli_values_check_name     (const char           *what,
                                        const char           *text,
                                        GError              **error);

/*
 * What stands behind a sign of --filter, typed by @schema (nullable): floating.
 * Where the schema does not know the column, the text is taken for what it
 * looks like, a number, true, false, or text.
 */
GVariant    *cli_values_type_condition (const char           *column,
                                        VliveOperator         op,
                                        const char           *text,
                                        VliveSchema          *schema,
                                        GError              **error);

/*
 * FIELD=VALUE, typed by @schema (nullable; text where it does not know), and
 * FIELD:=JSON, as they stand in @words, to a record of these fields. A field
 * named @id_column is the record's id; unless @with_id, it is refused.
 */
VliveRecord *cli_values_dup_fields     (const char * const   *words,
                                        VliveSchema          *schema,
                                        const char           *id_column,
                                        gboolean              with_id,
                                        GError              **error);
/* The short form: NAME PRICE. */
VliveRecord *cli_values_dup_product    (const char           *name,
                                        const char           *price,
                                        GError              **error);

G_END_DECLS
