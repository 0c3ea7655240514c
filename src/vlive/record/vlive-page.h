/* vlive-page.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "record/vlive-query.h"

G_BEGIN_DECLS

/**
 * VliveTotalKind:
 * @VLIVE_TOTAL_UNKNOWN: nothing is known
 * @VLIVE_TOTAL_AT_LEAST: there are that many, and perhaps more
 * @VLIVE_TOTAL_ESTIMATED: the master's guess
 * @VLIVE_TOTAL_EXACT: the number
 *
 * What a total is worth.
 */
typedef enum
{
  VLIVE_TOTAL_UNKNOWN,
  VLIVE_TOTAL_AT_LEAST,
  VLIVE_TOTAL_ESTIMATED,
  VLIVE_TOTAL_EXACT,
} VliveTotalKind;

/*
 * A window of a query's result: records in order, and what the master said of
 * the total. Immutable once it has been handed out; may be read and unreffed
 * on any thread.
 */
#define VLIVE_TYPE_PAGE (vlive_page_get_type ())

VLIVE_AVAILABLE_IN_0_1
GType          vlive_page_get_type        (void) G_GNUC_CONST;

VLIVE_AVAILABLE_IN_0_1
VlivePage     *vlive_page_new             (guint64               offset,
                                           guint                 limit,
                                           VliveRecord * const  *records,
                                           gsize                 n_records,
                                           VliveTotalKind        total_kind,
                                           guint64               total) G_GNUC_WARN_UNUSED_RESULT;
/* What a master answers to a conditional read when nothing changed. */
VLIVE_AVAILABLE_IN_0_1
VlivePage     *vlive_page_new_not_modified (VliveTotalKind       total_kind,
                                            guint64              total) G_GNUC_WARN_UNUSED_RESULT;
VLIVE_AVAILABLE_IN_0_1
VlivePage     *vlive_page_ref             (VlivePage            *self);
VLIVE_AVAILABLE_IN_0_1
void           vlive_page_unref           (VlivePage            *self);

VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_page_is_not_modified (VlivePage            *self);
VLIVE_AVAILABLE_IN_0_1
guint64        vlive_page_get_offset      (VlivePage            *self);
/* 0: the whole set was asked for. */
VLIVE_AVAILABLE_IN_0_1
guint          vlive_page_get_limit       (VlivePage            *self);
VLIVE_AVAILABLE_IN_0_1
guint          vlive_page_get_n_records   (VlivePage            *self);
VLIVE_AVAILABLE_IN_0_1
VliveRecord   *vlive_page_get_record      (VlivePage            *self,
                                           guint                 index);
VLIVE_AVAILABLE_IN_0_1
VliveTotalKind vlive_page_get_total       (VlivePage            *self,
                                           guint64              *total);
VLIVE_AVAILABLE_IN_0_1
const char    *vlive_page_get_validator   (VlivePage            *self);
/* µs since the Unix epoch; 0 if it never was. */
VLIVE_AVAILABLE_IN_0_1
gint64         vlive_page_get_fetched_at  (VlivePage            *self);
/* A mark was raised since it was asked for. */
VLIVE_AVAILABLE_IN_0_1
gboolean       vlive_page_is_stale        (VlivePage            *self);
/* Things to be told to a person: a filter ignored, two records with one id. */
VLIVE_AVAILABLE_IN_0_1
const char * const *vlive_page_get_diagnostics (VlivePage       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VlivePage, vlive_page_unref)

G_END_DECLS
