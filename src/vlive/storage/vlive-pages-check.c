/* vlive-pages-check.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "storage/vlive-pages-layout-private.h"

#include <sys/mman.h>
#include <sys/stat.h>

typedef struct
{
  const guint8 *map;
  gsize page_size;
  gsize n_pages;   /* that the file claims */
  gsize n_in_file; /* that it has: it may be shorter, where pages are free */
  gsize txn;
  guint8 *claimed;  /* owned: a bit a page */
  gboolean is_free; /* the tree of free pages is being looked at */
  gboolean is_main; /* ... or the tree of trees */
  VlivePageTree count;
  VliveSpan previous; /* the key before; data NULL: none */
  VliveSpan floor;    /* the next key is not below it; data NULL: any */
} Check;

static gboolean check_tree (Check *self, const VlivePageTree *tree);

/* Each page has one place only. */
static gboolean
claim (Check *self, gsize page, gsize n, gsize limit)
{
  if (page < 2 || page >= limit || n > limit - page)
    return FALSE;
  for (gsize i = page; i < page + n; i++)
    {
      if ((self->claimed[i / 8] & 1 << i % 8) != 0)
        return FALSE;
      self->claimed[i / 8] |= (guint8) (1 << i % 8);
    }

  return TRUE;
}

static const VlivePageHeader *
page_at (Check *self, gsize number)
{
  return (const VlivePageHeader *) (self->map + number * self->page_size);
}

static gboolean
check_overflow (Check *self, const VlivePageNode *node, const guint8 **data)
{
  const VlivePageHeader *page;
  gsize number, n_pages;

  memcpy (&number, node->value, sizeof number);
  n_pages = (sizeof *page - 1 + node->size) / self->page_size + 1;
  if (number < 2 || number >= self->n_in_file)
    return FALSE;
  page = page_at (self, number);
  if (page->number != number || (page->flags & VLIVE_PAGE_KIND) != VLIVE_PAGE_OVERFLOW
      || page->u.n_pages != n_pages)
    return FALSE;
  self->count.n_overflow += n_pages;
  *data = (const guint8 *) page + sizeof *page;

  return claim (self, number, n_pages, self->n_in_file);
}

/* A number of pages, then their numbers, falling. */
static gboolean
check_free_pages (Check *self, const guint8 *data, gsize size)
{
  gsize n, page, before = self->n_pages;

  if (size < sizeof n || size % sizeof n != 0)
    return FALSE;
  memcpy (&n, data, sizeof n);
  if (n > size / sizeof n - 1)
    return FALSE;
  for (gsize i = 1; i <= n; i++)
    {
      memcpy (&page, data + i * sizeof page, sizeof page);
      if (page >= before || !claim (self, page, 1, self->n_pages))
        return FALSE;
      before = page;
    }

  return TRUE;
}

static gboolean
check_subtree (Check *self, const VlivePageNode *node)
{
  VlivePageTree tree;
  Check sub = *self;

  if (!self->is_main || node->flags != VLIVE_NODE_TREE || node->size != sizeof tree)
    return FALSE;
  memcpy (&tree, node->value, sizeof tree);
  sub.is_main = FALSE;

  return tree.flags == 0 && check_tree (&sub, &tree);
}

static gboolean
check_value (Check *self, const VlivePageNode *node)
{
  const guint8 *data = node->value;

  if ((node->flags & ~(VLIVE_NODE_BIG | VLIVE_NODE_TREE)) != 0)
    return FALSE;
  if ((node->flags & VLIVE_NODE_TREE) != 0)
    return check_subtree (self, node);
  if ((node->flags & VLIVE_NODE_BIG) != 0 && !check_overflow (self, node, &data))
    return FALSE;

  return !self->is_free || check_free_pages (self, data, node->size);
}

static int
compare (Check *self, VliveSpan a, VliveSpan b)
{
  gsize left, right;

  if (!self->is_free)
    return _vlive_page_compare (a, b);
  memcpy (&left, a.data, sizeof left);
  memcpy (&right, b.data, sizeof right);

  return left < right ? -1 : left > right;
}

static gboolean
check_key_size (Check *self, VliveSpan key)
{
  gsize txn;

  if (!self->is_free)
    return key.size > 0;
  if (key.size != sizeof txn)
    return FALSE;
  memcpy (&txn, key.data, sizeof txn);

  return txn <= self->txn;
}

/* Keys rise through the whole tree, and stand where their branch says. */
static gboolean
check_key (Check *self, VliveSpan key)
{
  VliveSpan before = self->previous;
  VliveSpan floor = self->floor;

  if (!check_key_size (self, key))
    return FALSE;
  self->previous = key;
  self->floor = VLIVE_SPAN (NULL, 0);

  return (before.data == NULL || compare (self, before, key) < 0)
         && (floor.data == NULL || compare (self, floor, key) <= 0);
}

static gboolean
check_branch_key (Check *self, VliveSpan key)
{
  if (!check_key_size (self, key))
    return FALSE;
  self->floor = key;

  return self->previous.data != NULL && compare (self, self->previous, key) < 0;
}

static gboolean check_page (Check *self, gsize number, guint depth);

static gboolean
check_node (Check *self, const VlivePageHeader *page, guint index, guint depth)
{
  VlivePageNode node;

  if (!_vlive_page_get_node (page, self->page_size, index, &node))
    return FALSE;
  if ((page->flags & VLIVE_PAGE_BRANCH) != 0)
    return (index == 0 || check_branch_key (self, node.key))
           && check_page (self, node.child, depth - 1);
  self->count.n_entries++;

  return check_key (self, node.key) && check_value (self, &node);
}

/* @depth: the levels from here to the leaves, them included. */
static gboolean
check_page (Check *self, gsize number, guint depth)
{
  const VlivePageHeader *page;
  gboolean is_leaf;

  if (depth == 0 || !claim (self, number, 1, self->n_in_file))
    return FALSE;
  page = page_at (self, number);
  if (!_vlive_page_has_nodes (page, self->page_size, number))
    return FALSE;
  is_leaf = (page->flags & VLIVE_PAGE_LEAF) != 0;
  if (is_leaf != (depth == 1)
      || (!is_leaf && !self->is_free && _vlive_page_n_nodes (page) < 2))
    return FALSE;
  if (is_leaf)
    self->count.n_leaves++;
  else
    self->count.n_branches++;

  for (guint i = 0; i < _vlive_page_n_nodes (page); i++)
    if (!check_node (self, page, i, depth))
      return FALSE;

  return TRUE;
}

static gboolean
check_tree (Check *self, const VlivePageTree *tree)
{
  memset (&self->count, 0, sizeof self->count);
  self->previous = VLIVE_SPAN (NULL, 0);
  self->floor = VLIVE_SPAN (NULL, 0);
  if (tree->root == VLIVE_PAGES_NO_ROOT)
    return tree->n_entries == 0;

  return tree->depth <= VLIVE_PAGES_MAX_DEPTH
         && check_page (self, tree->root, tree->depth)
         && self->count.n_entries == tree->n_entries
         && self->count.n_leaves == tree->n_leaves
         && self->count.n_branches == tree->n_branches
         && self->count.n_overflow == tree->n_overflow;
}

static gboolean
check_trees (Check *self)
{
  const VlivePageMeta *metas[2];
  const VlivePageMeta *meta;

  for (guint i = 0; i < 2; i++)
    metas[i] = (const VlivePageMeta *) (self->map + i * self->page_size
                                        + sizeof (VlivePageHeader));
  meta = metas[metas[1]->txn > metas[0]->txn];

  self->is_main = TRUE;
  if (meta->trees[1].flags != 0 || !check_tree (self, &meta->trees[1]))
    return FALSE;
  self->is_main = FALSE;
  self->is_free = TRUE;

  return check_tree (self, &meta->trees[0]);
}

const char *
_vlive_pages_check (int fd, const VliveHead *head)
{
  Check self = { 0 };
  struct stat info;
  gboolean whole;
  void *map;

  if (fstat (fd, &info) != 0
      || (gsize) info.st_size < _vlive_pages_get_heads_size (head))
    return "is too short";
  map = mmap (NULL, (gsize) info.st_size, PROT_READ, MAP_SHARED, fd, 0);
  if (map == MAP_FAILED)
    return "cannot be looked through";

  self.map = map;
  self.page_size = head->page_size;
  self.n_pages = head->last_page + 1;
  self.n_in_file = MIN (self.n_pages, (gsize) info.st_size / head->page_size);
  self.txn = head->txn;
  self.claimed = g_try_malloc0 (self.n_pages / 8 + 1);
  whole = self.claimed != NULL && check_trees (&self);
  g_free (self.claimed);
  munmap (map, (gsize) info.st_size);

  return whole ? NULL : "is damaged";
}
