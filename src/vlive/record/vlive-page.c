/* vlive-page.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-page-private.h"

#include "base/vlive-census-private.h"

/**
 * VlivePage:
 *
 * A window of the result of a query: records in order, and what the master
 * said of how many there are. Immutable; may be used on any thread.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (VlivePage, vlive_page, vlive_page_ref, vlive_page_unref)

int
_vlive_stamp_compare (const VliveStamp *a, const VliveStamp *b)
{
  g_assert (a->generation == b->generation);

  if (a->epoch != b->epoch)
    return a->epoch < b->epoch ? -1 : 1;

  return (a->asked_at > b->asked_at) - (a->asked_at < b->asked_at);
}

static VlivePage *
page_new (VliveTotalKind total_kind, guint64 total)
{
  VlivePage *self = g_new0 (VlivePage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->total_kind = total_kind;
  self->total = total_kind != VLIVE_TOTAL_UNKNOWN ? total : 0;
  _vlive_census_add (VLIVE_CENSUS_PAGE);

  return self;
}

/**
 * vlive_page_new:
 * @offset: where the page begins in the result
 * @limit: how many records were asked for; 0 for the whole set
 * @records: (array length=n_records): the records, in order
 * @n_records: how many there are
 * @total_kind: what @total is worth
 * @total: how many records the result has
 *
 * Makes a page.
 *
 * Returns: (transfer full): a new page
 *
 * Since: 0.1
 */
VlivePage *
vlive_page_new (guint64 offset,
                guint limit,
                VliveRecord *const *records,
                gsize n_records,
                VliveTotalKind total_kind,
                guint64 total)
{
  VlivePage *self;

  g_return_val_if_fail (records != NULL || n_records == 0, NULL);
  g_return_val_if_fail (n_records <= G_MAXUINT, NULL);

  self = page_new (total_kind, total);
  self->offset = offset;
  self->limit = limit;
  self->n_records = (guint) n_records;
  self->records = g_new (VliveRecord *, MAX (n_records, 1));
  for (gsize i = 0; i < n_records; i++)
    self->records[i] = vlive_record_ref (records[i]);

  return self;
}

/**
 * vlive_page_new_not_modified:
 * @total_kind: what @total is worth
 * @total: how many records the result has
 *
 * Makes the answer to a conditional read that says that the rows are as they
 * were.
 *
 * Returns: (transfer full): a new page without records
 *
 * Since: 0.1
 */
VlivePage *
vlive_page_new_not_modified (VliveTotalKind total_kind, guint64 total)
{
  VlivePage *self = page_new (total_kind, total);

  self->not_modified = TRUE;

  return self;
}

/**
 * vlive_page_ref:
 * @self: a page
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
VlivePage *
vlive_page_ref (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * vlive_page_unref:
 * @self: (transfer full): a page
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
vlive_page_unref (VlivePage *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < self->n_records; i++)
    vlive_record_unref (self->records[i]);
  g_free (self->records);
  g_free (self->validator);
  g_strfreev (self->diagnostics);
  _vlive_census_remove (VLIVE_CENSUS_PAGE);
  g_free (self);
}

VlivePage *
_vlive_page_copy (VlivePage *self)
{
  VlivePage *copy = vlive_page_new (self->offset, self->limit, self->records,
                                    self->n_records, self->total_kind, self->total);

  copy->validator = g_strdup (self->validator);
  copy->diagnostics = g_strdupv (self->diagnostics);
  copy->fetched_at = self->fetched_at;
  copy->sequence = self->sequence;
  copy->stamp = self->stamp;
  copy->not_modified = self->not_modified;
  copy->stale = self->stale;
  copy->patched = self->patched;

  return copy;
}

void
_vlive_page_set_validator (VlivePage *self, const char *validator)
{
  char *copy = g_strdup (validator);

  g_free (self->validator);
  self->validator = copy;
}

void
_vlive_page_set_diagnostics (VlivePage *self, GPtrArray *diagnostics)
{
  guint n = diagnostics != NULL ? diagnostics->len : 0;
  char **texts = n > 0 ? g_new0 (char *, n + 1) : NULL;

  for (guint i = 0; i < n; i++)
    texts[i] = g_strdup (diagnostics->pdata[i]);
  g_strfreev (self->diagnostics);
  self->diagnostics = texts;
}

/**
 * vlive_page_is_not_modified:
 * @self: a page
 *
 * Tells whether this is the answer that nothing changed.
 *
 * Returns: whether the rows are those that are known already
 *
 * Since: 0.1
 */
gboolean
vlive_page_is_not_modified (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->not_modified;
}

/**
 * vlive_page_get_offset:
 * @self: a page
 *
 * Gets where the page begins in the result.
 *
 * Returns: the position of its first record
 *
 * Since: 0.1
 */
guint64
vlive_page_get_offset (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->offset;
}

/**
 * vlive_page_get_limit:
 * @self: a page
 *
 * Gets how many records were asked for.
 *
 * Returns: the number of records; 0 if it was the whole set
 *
 * Since: 0.1
 */
guint
vlive_page_get_limit (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->limit;
}

/**
 * vlive_page_get_n_records:
 * @self: a page
 *
 * Gets how many records the page has.
 *
 * Returns: the number of records
 *
 * Since: 0.1
 */
guint
vlive_page_get_n_records (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_records;
}

/**
 * vlive_page_get_record:
 * @self: a page
 * @index: less than the number of records
 *
 * Gets a record of the page.
 *
 * Returns: (transfer none): the record
 *
 * Since: 0.1
 */
VliveRecord *
vlive_page_get_record (VlivePage *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->n_records, NULL);

  return self->records[index];
}

/**
 * vlive_page_get_total:
 * @self: a page
 * @total: (out) (optional): return location for the number of records of the
 *   result
 *
 * Gets what the master said of how many records there are.
 *
 * Returns: what @total is worth
 *
 * Since: 0.1
 */
VliveTotalKind
vlive_page_get_total (VlivePage *self, guint64 *total)
{
  g_return_val_if_fail (self != NULL, VLIVE_TOTAL_UNKNOWN);

  if (total != NULL)
    *total = self->total;

  return self->total_kind;
}

/**
 * vlive_page_get_validator:
 * @self: a page
 *
 * Gets what to send with a conditional read.
 *
 * Returns: (nullable): the validator, or %NULL if the master gave none
 *
 * Since: 0.1
 */
const char *
vlive_page_get_validator (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->validator;
}

/**
 * vlive_page_get_fetched_at:
 * @self: a page
 *
 * Gets when the master was last asked and said what is here.
 *
 * Returns: microseconds since the Unix epoch; 0 if it never was
 *
 * Since: 0.1
 */
gint64
vlive_page_get_fetched_at (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->fetched_at;
}

/**
 * vlive_page_is_stale:
 * @self: a page
 *
 * Tells whether something is known to have changed since the page was asked
 * for.
 *
 * Returns: whether the page should be asked for again
 *
 * Since: 0.1
 */
gboolean
vlive_page_is_stale (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->stale;
}

/**
 * vlive_page_get_diagnostics:
 * @self: a page
 *
 * Gets what should be told to a person about the answer.
 *
 * Returns: (nullable) (array zero-terminated=1) (transfer none): texts, or
 *   %NULL if there is nothing to tell
 *
 * Since: 0.1
 */
const char *const *
vlive_page_get_diagnostics (VlivePage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->diagnostics;
}
