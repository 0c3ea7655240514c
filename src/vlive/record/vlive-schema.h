/* vlive-schema.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-column.h"

G_BEGIN_DECLS

/*
 * A schema is an immutable list of columns. A declared one comes from the
 * master or a profile; a discovered one is built from records seen, and
 * widened when a record does not fit: a new field adds a column at the end,
 * integer and double make double, anything else that differs makes mixed.
 * Null fits every type.
 */
#define VLIVE_TYPE_SCHEMA (vlive_schema_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType        vlive_schema_get_type         (void) G_GNUC_CONST;

VLIVE_AVAILABLE_IN_0_1
VliveSchema *vlive_schema_new              (VliveColumn * const *columns,
                                            gsize                n_columns,
                                            gboolean             declared) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveSchema *vlive_schema_ref              (VliveSchema         *self);
VLIVE_AVAILABLE_IN_0_1
void         vlive_schema_unref            (VliveSchema         *self);

VLIVE_AVAILABLE_IN_0_1
gboolean     vlive_schema_is_declared      (VliveSchema         *self);
VLIVE_AVAILABLE_IN_0_1
guint        vlive_schema_get_n_columns    (VliveSchema         *self);
VLIVE_AVAILABLE_IN_0_1
VliveColumn *vlive_schema_get_column       (VliveSchema         *self,
                                            guint                index);
VLIVE_AVAILABLE_IN_0_1
VliveColumn *vlive_schema_find_column      (VliveSchema         *self,
                                            const char          *name);
VLIVE_AVAILABLE_IN_0_1
VliveColumn *vlive_schema_get_id_column    (VliveSchema         *self);
VLIVE_AVAILABLE_IN_0_1
VliveColumn *vlive_schema_get_title_column (VliveSchema         *self);
/* Returns @self with another reference when every record fits already. */
VLIVE_AVAILABLE_IN_0_1
VliveSchema *vlive_schema_widen            (VliveSchema         *self,
                                            VliveRecord         *record) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveSchema *vlive_schema_discover         (VliveRecord * const *records,
                                            gsize                n_records,
                                            const char          *id_column) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
gboolean     vlive_schema_equal            (VliveSchema         *self,
                                            VliveSchema         *other);
VLIVE_AVAILABLE_IN_0_1
GVariant    *vlive_schema_to_variant       (VliveSchema         *self) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VliveSchema *vlive_schema_new_from_variant (GVariant            *variant,
                                            GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveSchema, vlive_schema_unref)

G_END_DECLS
