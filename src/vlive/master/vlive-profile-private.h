/* vlive-profile-private.h
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "master/vlive-rest-master.h"

G_BEGIN_DECLS

#define VLIVE_N_OPERATORS (VLIVE_OPERATOR_IS_NULL + 1)
#define VLIVE_N_WRITE_OPS (VLIVE_WRITE_DELETE_ALL + 1)

/* How a window is asked for. */
typedef enum
{
  VLIVE_PAGING_NONE,  /* the whole set, always */
  VLIVE_PAGING_SKIP,  /* any offset and limit */
  VLIVE_PAGING_PAGE,  /* the number of a page, and its size */
} VlivePaging;

/* How everything is asked for, where there is paging. */
typedef enum
{
  VLIVE_WHOLE_BARE,   /* without the parameters of paging */
  VLIVE_WHOLE_ZERO,   /* with a limit of 0 */
  VLIVE_WHOLE_PAGES,  /* page by page */
} VliveWhole;

/* A method and the template of a path. */
typedef struct
{
  char *method;    /* owned, nullable: cannot be done */
  char *path;      /* owned, nullable */
} VliveRoute;

/* What the profile says of one resource, or of those that its name, a
 * template such as "users/{userId}/albums", matches. */
typedef struct
{
  char        *name;      /* owned */
  VliveSchema *schema;    /* owned, nullable */
  char        *list;      /* owned, nullable: as in [read] */
  char        *record;    /* owned, nullable: as in [read] */
  char        *envelope;  /* owned, nullable: as in [read] */
} VliveResourceHints;

/* Immutable once it has been made. docs/profiles.md tells what the keys mean.
 * Texts are owned; NULL where the profile is silent. */
struct _VliveProfile
{
  gatomicrefcount   ref_count;
  GBytes           *source;       /* owned: the text it was made from */

  char             *name;
  char             *title;
  char             *base_url;
  char             *account;
  char            **resources;
  char            **secret_parameters;
  char            **reserved;     /* parameters that no column may be named like */
  char            **parameters;   /* name, value, name, value, … */
  char            **headers;      /* name, value, name, value, … */

  char             *list;
  char             *record;
  char             *envelope;
  char             *record_envelope;
  char             *id_field;
  VlivePaging       paging;
  VliveWhole        whole;
  char             *offset_parameter;
  char             *limit_parameter;
  char             *page_parameter;
  gint64            first_page;
  guint             max_page;
  char             *total_header;
  char             *total_path;
  gboolean          conditional;

  char             *filters[VLIVE_N_OPERATORS];  /* templates of parameter names */
  guint             repeatable;   /* operators whose parameter may stand twice */
  gboolean          contains_regexp;
  gboolean          order_numbers_only;

  char             *sort_parameter;
  char             *order_parameter;
  char             *ascending;
  char             *descending;
  char             *descending_prefix;
  char             *sort_separator;
  gboolean          sort_many;

  char             *search_parameter;
  char             *search_list;
  gboolean          search_verified;

  VliveRoute        routes[VLIVE_N_WRITE_OPS];
  gboolean          keeps_writes;
  gboolean          reply_is_record;
  char             *idempotency_header;
  char             *conflict_text;  /* in a refusal: the id is taken */

  GPtrArray        *hints;        /* owned, of VliveResourceHints * */
};

/* Fills @self from its source. */
gboolean            _vlive_profile_parse            (VliveProfile  *self,
                                                     GError       **error);
/* "id integer id", "userId integer reference=users", …: one column each. */
VliveSchema        *_vlive_profile_parse_columns    (const char * const  *specs,
                                                     gboolean       declared,
                                                     GError       **error);
void                _vlive_resource_hints_free      (gpointer       data);

VliveCapabilities   _vlive_profile_get_capabilities (VliveProfile  *self);
guint               _vlive_profile_get_operators    (VliveProfile  *self);
/* NULL if the profile says nothing of @resource. */
VliveResourceHints *_vlive_profile_find_hints       (VliveProfile  *self,
                                                     const char    *resource);
/* NULL with an error unless @url is http or https and names a host. */
GUri               *_vlive_profile_parse_base_url   (const char    *url,
                                                     GError       **error);

G_END_DECLS
