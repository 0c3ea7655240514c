/* vlive-pages-layout-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "storage/vlive-pages-private.h"

#include <string.h>

G_BEGIN_DECLS

/* How LMDB 0.9 lays out its file (data version 1). */
#define VLIVE_PAGES_MAGIC      0xbeefc0deu
#define VLIVE_PAGES_VERSION    1
#define VLIVE_PAGES_MIN_SIZE   256
#define VLIVE_PAGES_MAX_SIZE   32768
#define VLIVE_PAGES_MAX_KEY    511
#define VLIVE_PAGES_MAX_DEPTH  32
#define VLIVE_PAGES_NO_ROOT    (~(gsize) 0)

enum
{
  VLIVE_PAGE_BRANCH   = 0x01,
  VLIVE_PAGE_LEAF     = 0x02,
  VLIVE_PAGE_OVERFLOW = 0x04,
  VLIVE_PAGE_META     = 0x08,
  /* Those that say what sort of page it is; the others are the writer's. */
  VLIVE_PAGE_KIND     = 0x6f,
};

enum
{
  VLIVE_NODE_BIG  = 0x01, /* the value is on overflow pages */
  VLIVE_NODE_TREE = 0x02, /* the value is a tree's record */
};

typedef struct
{
  gsize   number;
  guint16 pad;
  guint16 flags;
  union
  {
    struct
    {
      guint16 lower; /* the end of the offsets */
      guint16 upper; /* the start of the nodes */
    } room;
    guint32 n_pages; /* of an overflow page: it and those behind it */
  } u;
} VlivePageHeader;

typedef struct
{
  guint32 pad; /* of the first tree: the page size */
  guint16 flags;
  guint16 depth;
  gsize   n_branches;
  gsize   n_leaves;
  gsize   n_overflow;
  gsize   n_entries;
  gsize   root;
} VlivePageTree;

typedef struct
{
  guint32       magic;
  guint32       version;
  gsize         address;
  gsize         map_size;
  VlivePageTree trees[2]; /* free pages; the tree of trees */
  gsize         last_page;
  gsize         txn;
} VlivePageMeta;

/* One entry of a page, within its bounds. */
typedef struct
{
  VliveSpan     key;
  guint16       flags;
  gsize         child; /* of a branch: a page number */
  gsize         size;  /* of a leaf: that of the value */
  const guint8 *value; /* of a leaf: its bytes, or its first page's number */
} VlivePageNode;

static inline guint
_vlive_page_n_nodes (const VlivePageHeader *page)
{
  return (page->u.room.lower - (guint) sizeof *page) / 2;
}

/* FALSE if it does not lie within the page. */
gboolean _vlive_page_get_node  (const VlivePageHeader *page,
                                gsize                  page_size,
                                guint                  index,
                                VlivePageNode         *node);
/* The header of a branch or leaf page makes sense. */
gboolean _vlive_page_has_nodes (const VlivePageHeader *page,
                                gsize                  page_size,
                                gsize                  number);
int      _vlive_page_compare   (VliveSpan              a,
                                VliveSpan              b);

G_END_DECLS
