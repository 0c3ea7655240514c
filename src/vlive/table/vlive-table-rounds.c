/* vlive-table-rounds.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "record/vlive-record-private.h"
#include "table/vlive-table-private.h"

/* Ids that a page claims and another page has. */

static guint64 *
new_number (guint64 number)
{
  return g_memdup2 (&number, sizeof number);
}

/* The id again, as no id: two pages claim it, and asking again did not settle
 * it. It is shown, and nothing can be done to it. */
VliveRecord *
_vlive_table_make_double (VliveRecord *record, guint64 base)
{
  g_autofree char *id =
      g_strdup_printf ("@%" G_GUINT64_FORMAT "#%s", base, vlive_record_get_id (record));

  return _vlive_record_with_id (record, id, FALSE);
}

/* races.md, rule 7: the page that loses an id is asked again, of the master. If
 * the one that took it lost it just before, that round is over. */
void
_vlive_table_lose_id (VliveTable *self,
                      VliveSeat *seat,
                      guint64 base,
                      VliveRecord *record,
                      guint64 winner)
{
  const char *id = vlive_record_get_id (record);
  guint64 *loser = g_hash_table_lookup (self->contested, id);
  g_autoptr (VliveRecord) copy = NULL;

  if (loser != NULL && *loser == winner)
    {
      copy = _vlive_table_make_double (record, base);
      _vlive_base_put (self->base, base, copy);
      return;
    }

  g_hash_table_replace (self->contested, g_strdup (id), new_number (seat->page));
  seat->lost = TRUE;
}

void
_vlive_table_forget_rounds (VliveTable *self)
{
  g_hash_table_remove_all (self->contested);
}

/* What @seat lost, and does not claim any more, is settled. */
void
_vlive_table_settle_rounds (VliveTable *self, VliveSeat *seat)
{
  GHashTableIter iter;
  gpointer id;
  gpointer page;
  guint64 base;

  if (g_hash_table_size (self->contested) == 0)
    return;

  g_hash_table_iter_init (&iter, self->contested);
  while (g_hash_table_iter_next (&iter, &id, &page))
    if (*(guint64 *) page == seat->page
        && (!_vlive_base_find (self->base, id, &base)
            || base / self->page_size != seat->page))
      g_hash_table_iter_remove (&iter);
}
