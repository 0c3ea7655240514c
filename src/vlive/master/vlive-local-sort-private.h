/* vlive-local-sort-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Something to be sorted by the bytes of its key. */
typedef struct
{
  guint64       prefix;  /* eight bytes of @key; the sort's own */
  guint64       row;
  const guint8 *key;     /* not owned; no key begins with another, unless one is cut */
  guint32       len;
  gboolean      cut;     /* more of it did not fit: ask @compare when they are equal so far */
} VliveLocalItem;

typedef int (*VliveLocalItemCompare) (const VliveLocalItem *a,
                                      const VliveLocalItem *b,
                                      gpointer              data);

/* Stable. Looks at each key once for every eight bytes that it needs: what is
 * in order, or the same for many, costs little. */
void _vlive_local_sort (VliveLocalItem        *items,
                        gsize                  n_items,
                        VliveLocalItemCompare  compare,
                        gpointer               data);

/* Appends bytes that order as _vlive_id_compare() does. */
void _vlive_local_sort_append_id (GByteArray *key,
                                  const char *id);

G_END_DECLS
