/* vlive-pages-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "storage/vlive-resident-private.h"
#include "storage/vlive-storage-private.h"

G_BEGIN_DECLS

/*
 * The pages of an LMDB file, read without LMDB: it trusts them, and ends the
 * process, or reads beyond the map, when they are damaged. So a file that
 * others may have touched is looked through before it is opened, and the
 * owner's thread finds its way to a value page by page, asking of each whether
 * it is in memory.
 */
typedef struct
{
  gsize page_size;
  gsize last_page;
  gsize txn;
} VliveHead;

/* The bytes of the start of a file that hold its two heads. */
gsize       _vlive_pages_get_heads_size (const VliveHead *head);

/* NULL if both heads make sense; otherwise what is wrong with them, in words
 * that go behind "it ". An empty file has no head: see its length first. */
const char *_vlive_pages_read_head      (int              fd,
                                         VliveHead       *head);
/* NULL if every tree in the file is whole. What values hold is not looked at:
 * those have their checksums. */
const char *_vlive_pages_check          (int              fd,
                                         const VliveHead *head);

/* @heads: the start of the file, in memory. The number of the newest head. */
guint64     _vlive_pages_get_change     (const guint8    *heads,
                                         gsize            page_size);

typedef enum
{
  VLIVE_FIND_FOUND,
  VLIVE_FIND_ABSENT,
  VLIVE_FIND_UNSURE, /* a page is not in memory, or makes no sense */
} VliveFind;

typedef struct
{
  const guint8 *map;       /* the whole file */
  gsize         page_size;
  gsize         n_pages;   /* of the transaction */
  gsize         root;      /* of the tree of trees */
  VliveResident *resident; /* who remembers what is in memory */
  gint64        now;
} VlivePagesView;

/* FALSE unless the head is that of transaction @txn. It may change while it is
 * read, unless @txn is the last that was committed, afterwards too. */
gboolean    _vlive_pages_view_txn       (VlivePagesView  *view,
                                         const guint8    *heads,
                                         gsize            page_size,
                                         guint64          txn);
/* Of a page in the map (any address in it), where the map begins. */
const guint8 *_vlive_pages_get_map      (const guint8    *inside,
                                         gsize            page_size);
VliveFind   _vlive_pages_find           (const VlivePagesView *view,
                                         const char      *tree,
                                         VliveSpan        key,
                                         VliveSpan       *value);

G_END_DECLS
