/* vlive-table-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "table/vlive-base-private.h"
#include "table/vlive-hidden-private.h"
#include "table/vlive-inserts-private.h"
#include "table/vlive-mapping-private.h"
#include "table/vlive-rows-private.h"
#include "table/vlive-store-private.h"
#include "table/vlive-table.h"
#include "table/vlive-totals-private.h"

G_BEGIN_DECLS

/* A splice spans no more, but over a tail in which nobody holds a row. */
#define VLIVE_MAX_SPLICE 2000
/* Pages in memory. */
#define VLIVE_MAX_SEATS 64

typedef struct _VlivePager VlivePager;

/* A row that is to be inserted, and where it stands. */
typedef struct
{
  guint64      view;
  VliveInsert *insert;  /* not owned */
} VliveStanding;

/* The rows of a table that are here, in the order of its query. */
typedef struct _VliveOrder VliveOrder;

/* Changes a page of the base, and tells nobody. */
typedef void (*VlivePageFunc) (VliveTable *self,
                               guint64     first,
                               gpointer    data);

struct _VliveTable
{
  GObject       parent_instance;

  VliveStore   *store;        /* owned */
  VliveQuery   *query;        /* owned: what is shown */
  VliveQuery   *next_query;   /* owned, nullable: shown when its first page is in */
  guint         page_size;
  guint         max_items;
  guint         prefetch;          /* pages */
  guint         refresh_interval;  /* ms; 0: none */
  gboolean      refresh_on_open;
  gboolean      is_hidden;         /* nobody sees it */

  /* What is shown. It changes in announce() only, but for pages that are put
   * where nobody looks. */
  VliveBase    *base;         /* owned */
  VliveMapping *mapping;      /* owned */
  VliveHiddenRows *hidden;    /* owned: their bases are in the mapping */
  VliveInserts *inserts;      /* owned: items of the mapping */
  VliveRows    *rows;         /* owned */
  VliveTotals   totals;
  guint64       n_base;       /* base rows in the list */
  guint         n_items;      /* the list's length, as it was told */
  gboolean      length_changed; /* "max-items" was set */
  guint         n_splices;    /* in this announcement */
  GHashTable   *contested;    /* owned: id, owned -> page, guint64, owned: who lost it */
  GPtrArray    *limbo;        /* owned, of VliveRow: without a place for a moment */
  GHashTable   *changed;      /* owned, a set of VliveRow: to be shown anew */

  GQueue        arrivals;     /* of Arrival, owned, in order */
  guint64       ends_seen;    /* ends of layers that were among them */
  VlivePager   *pager;        /* owned */
  gboolean      has_view;     /* somebody said what is visible: … */
  guint         view_first;   /* … from here … */
  guint         view_n;       /* … so many */

  /* Looking into the cache while somebody waits for a row. */
  gint64        inline_turn;  /* the turn of the main loop in which … */
  gint64        inline_us;    /* … it took so long … */
  guint         n_inline;     /* … for so many looks */

  /* As notified. */
  VliveTableState state;
  gboolean      stale;
  gboolean      busy;
  gint64        fetched_at;
  GError       *error;        /* owned, nullable */
  gboolean      error_changed;  /* not notified yet */
  VliveTotalKind total_kind;
  guint64       total;
};

/* Announcing: vlive-table-announce.c */
void   _vlive_table_init_client    (VliveTable          *self);
/* An answer, or what the cache has. @page is NULL with @error. */
void   _vlive_table_take_page      (VliveTable          *self,
                                    guint64              page_number,
                                    VlivePage           *page,
                                    gboolean             answered,
                                    gboolean             last,
                                    gboolean             ask_again,
                                    const GError        *error);
void   _vlive_table_clear_arrivals (VliveTable          *self);
void   _vlive_table_drop_pages     (VliveTable          *self);

/* A row loses its place, and may get another one before all is done: until
 * then it is kept. */
void   _vlive_table_take_away      (VliveTable          *self,
                                    VliveRow            *row);
guint64 _vlive_table_view_of       (VliveTable          *self,
                                    guint64              base);

/* Changing what is shown: vlive-table-seat.c. These emit. */
void   _vlive_table_seat           (VliveTable          *self,
                                    VlivePage           *page,
                                    gboolean             answered);
/* @ids: a set of char *, owned by it. TRUE if they are too many for this
 * announcement: those that are left have not been deleted yet. */
gboolean _vlive_table_delete       (VliveTable          *self,
                                    GHashTable          *ids);
/* How many more splices may be told in this announcement. */
guint  _vlive_table_get_n_splices  (VliveTable          *self);
/* … and there may be one now, however many there were. */
void   _vlive_table_reserve_splice (VliveTable          *self);
/* Where the record stands: seated, or as a row or a deletion of a page that is
 * not in memory. */
gboolean _vlive_table_find_base    (VliveTable          *self,
                                    const char          *id,
                                    guint64             *base);
void   _vlive_table_replace        (VliveTable          *self,
                                    VliveRecord         *record);
/* One page: vlive-table-page.c. How many rows of it the list has, hidden ones
 * included. */
guint  _vlive_table_get_extent     (VliveTable          *self,
                                    guint64              first);
/* Of the page's hidden rows, the stamps of those that were deleted after @stamp:
 * an answer from before still counts them. Without it, of all of them. */
GArray *_vlive_table_list_hidden   (VliveTable          *self,
                                    guint64              first,
                                    const VliveStamp    *stamp);
/* A record for each slot, or NULL. The first emits nothing. */
void   _vlive_table_put_records    (VliveTable          *self,
                                    guint64              first,
                                    VliveRecord        **records);
void   _vlive_table_set_page       (VliveTable          *self,
                                    guint64              first,
                                    VliveRecord        **records,
                                    GArray              *hidden_stamps);
/* … and tells nobody. */
void   _vlive_table_change_page    (VliveTable          *self,
                                    guint64              first,
                                    VliveRecord        **records,
                                    GArray              *hidden_stamps);
/* The page once more, with the same records: what is staged over it has
 * changed. Tells nobody. */
void   _vlive_table_change_page_again (VliveTable       *self,
                                    guint64              first);
/* @pages: of guint64, in any order; the page of @base is one more. */
void   _vlive_table_add_page       (VliveTable          *self,
                                    GArray              *pages,
                                    guint64              base);
/* Each page is changed by @func, and told in one splice; if they are many, those
 * that one splice may span. TRUE if they are too many for this announcement. */
gboolean _vlive_table_splice_pages (VliveTable          *self,
                                    GArray              *pages,
                                    VlivePageFunc        func,
                                    gpointer             data);
/* vlive-table-length.c */
void   _vlive_table_update_length  (VliveTable          *self);
/* The master answers only the next page after one that it answered. */
gboolean _vlive_table_is_forward   (VliveTable          *self);
/* How many base rows the list will have. */
guint64 _vlive_table_find_end      (VliveTable          *self);
/* The list's last page gets the rows that it has more; emits nothing. */
void   _vlive_table_grow_page      (VliveTable          *self,
                                    guint64              first);
/* An empty list: before another query, and when everything was deleted. */
void   _vlive_table_empty          (VliveTable          *self);
/* Puts a page where nobody looks, and emits nothing. */
gboolean _vlive_table_seat_quietly (VliveTable          *self,
                                    VlivePage           *page);
/* Rows that were deleted, and that the total still counts. */
guint64 _vlive_table_count_deleted (VliveTable          *self);
void   _vlive_table_emit           (VliveTable          *self,
                                    guint64              position,
                                    guint64              n_removed,
                                    guint64              n_added);
void   _vlive_table_forget_rounds  (VliveTable          *self);
/* An id that two pages claim (vlive-table-rounds.c). */
void   _vlive_table_lose_id        (VliveTable          *self,
                                    VliveSeat           *seat,
                                    guint64              base,
                                    VliveRecord         *record,
                                    guint64              winner);
void   _vlive_table_settle_rounds  (VliveTable          *self,
                                    VliveSeat           *seat);
VliveRecord *_vlive_table_make_double (VliveRecord      *record,
                                    guint64              base);

/* What is staged: vlive-table-overlay.c. @raw, nullable, with what is staged
 * for @id laid over it; @shown is zeroed. */
void   _vlive_table_lay_over       (VliveTable          *self,
                                    const char          *id,
                                    VliveRecord         *raw,
                                    VliveShown          *shown);
/* @row shows @raw, if there is one, with what is staged laid over it. */
void   _vlive_table_show           (VliveTable          *self,
                                    VliveRow            *row,
                                    VliveRecord         *raw);
/* Something was staged over @id, or has ended. */
void   _vlive_table_show_again     (VliveTable          *self,
                                    const char          *id);
void   _vlive_table_init_overlay   (VliveTable          *self);
void   _vlive_table_free_overlay   (VliveTable          *self);
/* The overlay is emptied, without a word: the whole list is told about. */
void   _vlive_table_drop_overlay   (VliveTable          *self);
/* Where a row to be deleted is hidden. */
VliveHidden *_vlive_table_find_hidden (VliveTable       *self,
                                    const char          *id);
/* These tell nobody. */
void   _vlive_table_hide           (VliveTable          *self,
                                    guint64              base,
                                    const VliveStamp    *stamp,
                                    VliveRecord         *staged);
gboolean _vlive_table_unhide_at    (VliveTable          *self,
                                    guint64              base);
/* The rest of this emits. It shows another record than the one that is to be
 * deleted. */
void   _vlive_table_unhide         (VliveTable          *self,
                                    const char          *id);
/* Rows that are to be inserted or deleted, or are so no more, come and go. TRUE if
 * they are too many for this announcement. */
gboolean _vlive_table_sync_overlay (VliveTable          *self);

/* Rows to be inserted: vlive-table-inserts.c. */
VliveInsert *_vlive_table_find_insert (VliveTable       *self,
                                    const char          *id);
/* Of VliveStanding: those of @inserts that are in the list, in its order. */
GArray *_vlive_table_list_standing (VliveTable          *self,
                                    GPtrArray           *inserts);
/* The rest of this emits, unless it says otherwise. */
gboolean _vlive_table_sync_inserts (VliveTable          *self);
/* No row stands behind the end of so many base rows. */
void   _vlive_table_pull_inserts   (VliveTable          *self,
                                    guint64              n_base);
/* An answer counts what was made before it was asked for. */
void   _vlive_table_settle_inserts (VliveTable          *self,
                                    const VliveStamp    *stamp);
/* The master has made the record: a row that was to be inserted is it. */
void   _vlive_table_adopt          (VliveTable          *self,
                                    const char          *temporary,
                                    VliveRecord         *record);
/* The records are deleted: those of the set of @ids. What we are still about to
 * make stays until the answer is there. */
void   _vlive_table_drop_inserts   (VliveTable          *self,
                                    GHashTable          *ids);
/* To another place, in one splice: a list that follows its rows keeps hold of it.
 * FALSE if nobody holds it, or that is too far away. */
gboolean _vlive_table_move_insert  (VliveTable          *self,
                                    VliveInsert         *insert,
                                    guint64              place);
/* A page shows the record: it leaves its place in the overlay. */
void   _vlive_table_land           (VliveTable          *self,
                                    VliveInsert         *insert);
/* … and nobody is told: the page does that. FALSE if there is none. */
gboolean _vlive_table_land_quietly (VliveTable          *self,
                                    const char          *id);

/* Records that others made: vlive-table-place.c. Whether the master's order
 * under the query is one that we can tell. */
gboolean _vlive_table_has_our_order (VliveTable         *self);
/* NULL if we cannot. Only until somebody is told of something: it owns no rows. */
VliveOrder *_vlive_table_read_order (VliveTable         *self);
void   _vlive_order_free           (VliveOrder          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VliveOrder, _vlive_order_free)
/* Where it belongs, if the rows around that place are here. */
gboolean _vlive_order_find         (VliveOrder          *self,
                                    VliveRecord         *record,
                                    guint64             *place);
/* Whether the record is one that the list lacks, and may have a place for. */
gboolean _vlive_table_expects      (VliveTable          *self,
                                    VliveRecord         *record);
/* They take their places, as far as these are known; for the others, all that
 * is here is marked. Emits. Answers those that are too many for this
 * announcement. */
GPtrArray *_vlive_table_place      (VliveTable          *self,
                                    GPtrArray           *records);

/* What others see: vlive-table.c */
void   _vlive_table_list_model_iface_init (GListModelInterface *iface);
void   _vlive_table_notify_n_items (VliveTable          *self);
/* Notifies what is no longer as it was told; answers when it may change by
 * time alone. */
gint64 _vlive_table_update_status  (VliveTable          *self);

/* Tells the pager, in base positions, what the view shows. */
void   _vlive_table_tell_pager     (VliveTable          *self);
/* Rows of @seat that the list has and that are not known. */
guint  _vlive_table_count_holes    (VliveTable          *self,
                                    VliveSeat           *seat);
/* NULL: nothing failed lately. */
void   _vlive_table_set_error      (VliveTable          *self,
                                    const GError        *error);

/* The pager: which pages are wanted, and asking for them. Speaks base
 * positions only. */
VlivePager *_vlive_pager_new       (VliveTable          *table);
void   _vlive_pager_free           (VlivePager          *self);
/* The list asked for a row of @page. TRUE if that is news. */
gboolean _vlive_pager_note_asked   (VlivePager          *self,
                                    guint64              page);
/* The view shows these base rows. */
void   _vlive_pager_set_visible    (VlivePager          *self,
                                    guint64              first,
                                    guint64              n_rows);
void   _vlive_pager_refresh        (VlivePager          *self);
/* Somebody looks again: what has become too old meanwhile is asked for. */
void   _vlive_pager_note_seen      (VlivePager          *self);
/* The master is asked for something that is visible. */
gboolean _vlive_pager_is_busy      (VlivePager          *self);
/* The cache was content with what it had; whoever wanted it anew is not. */
void   _vlive_pager_must_ask       (VlivePager          *self,
                                    guint64              page);
/* Another query: what was asked for is of no use. */
void   _vlive_pager_restart        (VlivePager          *self);
/* Asks for what is wanted; answers when more may be. */
gint64 _vlive_pager_run            (VlivePager          *self);
/* Forgets pages far away, when there are too many. */
void   _vlive_pager_trim           (VlivePager          *self);
/* What became of a read: for the pauses after failures. */
void   _vlive_pager_note_answer    (VlivePager          *self,
                                    guint64              page,
                                    const GError        *error);
/* The cache may have something newer of every page that is here: what is visible
 * is looked up at once, and the rest when it is. */
void   _vlive_pager_look_again     (VlivePager          *self);
/* The pages that are visible, in order: guint64. */
GArray *_vlive_pager_list_visible  (VlivePager          *self);
/* A mark was raised: over all pages, or over one. */
void   _vlive_pager_mark_all       (VlivePager          *self);
void   _vlive_pager_mark           (VlivePager          *self,
                                    VliveSeat           *seat);

G_END_DECLS
