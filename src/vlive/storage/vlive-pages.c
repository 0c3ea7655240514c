/* vlive-pages.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-pages-layout-private.h"

#include <errno.h>
#include <unistd.h>

/* The node's fixed part: size or page number, flags, key size. */
#define NODE_HEADER 8

gsize
_vlive_pages_get_heads_size (const VliveHead *head)
{
  return 2 * head->page_size;
}

static const VlivePageMeta *
meta_at (const guint8 *heads, gsize page_size, guint index)
{
  return (const VlivePageMeta *) (heads + index * page_size + sizeof (VlivePageHeader));
}

static const char *
check_meta (const VlivePageHeader *page, const VlivePageMeta *meta)
{
  gsize page_size = meta->trees[0].pad;

  if ((page->flags & VLIVE_PAGE_META) == 0 || meta->magic != VLIVE_PAGES_MAGIC)
    return "is not a file of this kind";
  if (meta->version != VLIVE_PAGES_VERSION)
    return "was made by another version of LMDB";
  if (page_size < VLIVE_PAGES_MIN_SIZE || page_size > VLIVE_PAGES_MAX_SIZE
      || (page_size & (page_size - 1)) != 0 || meta->last_page < 1
      || meta->last_page >= G_MAXSIZE / page_size - 1)
    return "has a damaged head";

  return NULL;
}

/* One head, at @offset; the other's must agree with @page_size, if it is known. */
static const char *
read_meta (int fd, gsize offset, VlivePageMeta *meta)
{
  guint8 buffer[sizeof (VlivePageHeader) + sizeof *meta];
  VlivePageHeader page;
  gssize n;

  do
    n = pread (fd, buffer, sizeof buffer, (off_t) offset);
  while (n < 0 && errno == EINTR);
  if (n != (gssize) sizeof buffer)
    return "is too short";
  memcpy (&page, buffer, sizeof page);
  memcpy (meta, buffer + sizeof page, sizeof *meta);

  return check_meta (&page, meta);
}

const char *
_vlive_pages_read_head (int fd, VliveHead *head)
{
  VlivePageMeta metas[2];
  const char *fault = read_meta (fd, 0, &metas[0]);
  guint newest;

  if (fault != NULL)
    return fault;
  fault = read_meta (fd, metas[0].trees[0].pad, &metas[1]);
  if (fault != NULL)
    return fault;
  if (metas[0].trees[0].pad != metas[1].trees[0].pad)
    return "has a damaged head";

  newest = metas[1].txn > metas[0].txn;
  head->page_size = metas[newest].trees[0].pad;
  head->last_page = metas[newest].last_page;
  head->txn = metas[newest].txn;

  return NULL;
}

guint64
_vlive_pages_get_change (const guint8 *heads, gsize page_size)
{
  gsize a = __atomic_load_n (&meta_at (heads, page_size, 0)->txn, __ATOMIC_ACQUIRE);
  gsize b = __atomic_load_n (&meta_at (heads, page_size, 1)->txn, __ATOMIC_ACQUIRE);

  return MAX (a, b);
}

gboolean
_vlive_page_get_node (const VlivePageHeader *page,
                      gsize page_size,
                      guint index,
                      VlivePageNode *node)
{
  const guint8 *bytes = (const guint8 *) page;
  guint16 offset, low, high, key_size;
  gsize room;

  memcpy (&offset, bytes + sizeof *page + 2 * index, 2);
  if (offset < page->u.room.upper || (gsize) offset + NODE_HEADER > page_size)
    return FALSE;
  bytes += offset;
  memcpy (&low, bytes + (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 0 : 2), 2);
  memcpy (&high, bytes + (G_BYTE_ORDER == G_LITTLE_ENDIAN ? 2 : 0), 2);
  memcpy (&node->flags, bytes + 4, 2);
  memcpy (&key_size, bytes + 6, 2);
  room = page_size - offset - NODE_HEADER;
  if (key_size > room || key_size > VLIVE_PAGES_MAX_KEY)
    return FALSE;

  node->key = VLIVE_SPAN (bytes + NODE_HEADER, key_size);
  if ((page->flags & VLIVE_PAGE_BRANCH) != 0)
    {
      node->child = low | (gsize) high << 16;
      if (sizeof (gsize) > 4)
        node->child |= (gsize) node->flags << (sizeof (gsize) > 4 ? 32 : 0);
      return TRUE;
    }
  node->size = low | (gsize) high << 16;
  node->value = bytes + NODE_HEADER + key_size;

  return ((node->flags & VLIVE_NODE_BIG) != 0 ? sizeof (gsize) : node->size)
         <= room - key_size;
}

gboolean
_vlive_page_has_nodes (const VlivePageHeader *page, gsize page_size, gsize number)
{
  guint kind = page->flags & VLIVE_PAGE_KIND;

  return page->number == number
         && (kind == VLIVE_PAGE_BRANCH || kind == VLIVE_PAGE_LEAF)
         && page->u.room.lower >= sizeof *page && page->u.room.lower % 2 == 0
         && page->u.room.lower <= page->u.room.upper && page->u.room.upper <= page_size
         && _vlive_page_n_nodes (page) > 0;
}

int
_vlive_page_compare (VliveSpan a, VliveSpan b)
{
  int order = memcmp (a.data, b.data, MIN (a.size, b.size));

  if (order != 0 || a.size == b.size)
    return order;

  return a.size < b.size ? -1 : 1;
}

gboolean
_vlive_pages_view_txn (VlivePagesView *view,
                       const guint8 *heads,
                       gsize page_size,
                       guint64 txn)
{
  const VlivePageMeta *meta = meta_at (heads, page_size, (guint) (txn & 1));

  view->page_size = page_size;
  view->n_pages = __atomic_load_n (&meta->last_page, __ATOMIC_RELAXED) + 1;
  view->root = __atomic_load_n (&meta->trees[1].root, __ATOMIC_RELAXED);
  __atomic_thread_fence (__ATOMIC_ACQUIRE);

  return __atomic_load_n (&meta->txn, __ATOMIC_ACQUIRE) == txn;
}

const guint8 *
_vlive_pages_get_map (const guint8 *inside, gsize page_size)
{
  const guint8 *page =
      (const guint8 *) ((guintptr) inside & ~(guintptr) (page_size - 1));

  return page - ((const VlivePageHeader *) page)->number * page_size;
}

static const VlivePageHeader *
resident_page (const VlivePagesView *view, gsize number)
{
  const guint8 *page = view->map + number * view->page_size;

  if (number < 2 || number >= view->n_pages
      || !_vlive_resident_check (view->resident, view->now, page, view->page_size)
      || !_vlive_page_has_nodes ((const VlivePageHeader *) page, view->page_size,
                                 number))
    return NULL;

  return (const VlivePageHeader *) page;
}

/* The first node whose key is not below @key; n_nodes if there is none. */
static gboolean
search_page (const VlivePageHeader *page,
             gsize page_size,
             VliveSpan key,
             guint *index,
             gboolean *exact)
{
  guint low = (page->flags & VLIVE_PAGE_LEAF) != 0 ? 0 : 1;
  guint high = _vlive_page_n_nodes (page);
  VlivePageNode node;

  *exact = FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order;

      if (!_vlive_page_get_node (page, page_size, middle, &node))
        return FALSE;
      order = _vlive_page_compare (key, node.key);
      if (order == 0)
        *exact = TRUE;
      if (order <= 0)
        high = middle;
      else
        low = middle + 1;
    }
  *index = low;

  return TRUE;
}

static VliveFind
find_in_tree (const VlivePagesView *view,
              gsize root,
              VliveSpan key,
              VlivePageNode *node)
{
  const VlivePageHeader *page;
  gboolean exact;
  guint index;

  if (root == VLIVE_PAGES_NO_ROOT)
    return VLIVE_FIND_ABSENT;
  for (guint depth = 0; depth < VLIVE_PAGES_MAX_DEPTH; depth++)
    {
      page = resident_page (view, root);
      if (page == NULL || !search_page (page, view->page_size, key, &index, &exact))
        return VLIVE_FIND_UNSURE;
      if ((page->flags & VLIVE_PAGE_LEAF) != 0 && !exact)
        return VLIVE_FIND_ABSENT;
      if ((page->flags & VLIVE_PAGE_LEAF) == 0 && !exact)
        index--; /* the child whose first key is below */
      if (!_vlive_page_get_node (page, view->page_size, index, node))
        return VLIVE_FIND_UNSURE;
      if ((page->flags & VLIVE_PAGE_LEAF) != 0)
        return VLIVE_FIND_FOUND;
      root = node->child;
    }

  return VLIVE_FIND_UNSURE;
}

static VliveFind
find_value (const VlivePagesView *view, const VlivePageNode *node, VliveSpan *value)
{
  gsize page, n_pages;

  *value = VLIVE_SPAN (node->value, node->size);
  if ((node->flags & VLIVE_NODE_BIG) == 0)
    return VLIVE_FIND_FOUND;

  memcpy (&page, node->value, sizeof page);
  n_pages = (sizeof (VlivePageHeader) - 1 + node->size) / view->page_size + 1;
  if (page < 2 || page >= view->n_pages || n_pages > view->n_pages - page)
    return VLIVE_FIND_UNSURE;
  value->data = view->map + page * view->page_size + sizeof (VlivePageHeader);

  return _vlive_resident_check (view->resident, view->now, value->data, value->size)
             ? VLIVE_FIND_FOUND
             : VLIVE_FIND_UNSURE;
}

VliveFind
_vlive_pages_find (const VlivePagesView *view,
                   const char *tree,
                   VliveSpan key,
                   VliveSpan *value)
{
  VliveFind found;
  VlivePageNode node;
  gsize root;

  found = find_in_tree (view, view->root, VLIVE_SPAN (tree, strlen (tree)), &node);
  if (found != VLIVE_FIND_FOUND || (node.flags & VLIVE_NODE_TREE) == 0
      || node.size != sizeof (VlivePageTree))
    return VLIVE_FIND_UNSURE;
  memcpy (&root, node.value + G_STRUCT_OFFSET (VlivePageTree, root), sizeof root);

  found = find_in_tree (view, root, key, &node);

  return found == VLIVE_FIND_FOUND ? find_value (view, &node, value) : found;
}
