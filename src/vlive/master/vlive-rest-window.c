/* vlive-rest-window.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "master/vlive-rest-master-private.h"

#include <string.h>

#include "base/vlive-error.h"
#include "base/vlive-meter-private.h"
#include "master/vlive-rest-uri-private.h"
#include "record/vlive-page-private.h"
#include "record/vlive-record-private.h"

/* The rows of a request when everything is read page by page. */
#define WHOLE_PAGE 100
/* A server that always has one more row must end, too. */
#define MAX_REQUESTS 2000
/* A whole set that is larger is not kept. */
#define MAX_HELD (8 * 1024 * 1024)

/* A window on its way: one request where the server's paging allows, several
 * where it does not. */
typedef struct
{
  VliveQuery *query;  /* owned */
  guint64 offset;     /* of the window */
  guint limit;        /* of the window; 0: everything */
  char *validator;    /* owned, nullable: the caller's */
  char *path;         /* owned: of the list, encoded */
  GPtrArray *params;  /* owned: of the query */
  guint size;         /* rows to ask for at once; 0: no paging in the request */
  gboolean held;      /* the held set was offered for validation */
  GPtrArray *records; /* owned: of the window, in order */
  GHashTable *places; /* owned, nullable: id → place, once there are two answers */
  guint64 n_rows;     /* of the window, before doubles were dropped */
  guint n_requests;
  guint smaller;        /* the size of an answer that was cut short, or 0 */
  guint64 short_end;    /* where that answer seemed to end */
  guint64 asked_offset; /* of the request under way */
  guint asked_limit;    /* of the request under way; 0: everything */
  gint64 asked_at;      /* real time of the first request */
  gboolean ended;       /* the last row has been seen */
  guint64 end;          /* where the rows end, as a short answer shows; 0: not seen */
  VliveTotalKind kind;  /* as stated */
  guint64 total;
  char *etag;             /* owned, nullable: of the only answer */
  char *url;              /* owned, nullable: of the last answer, for messages */
  gsize body_size;        /* of the last answer */
  GPtrArray *diagnostics; /* owned, of char */
  GSource *cancelled;     /* owned, nullable: while an answer is parsed */
  gboolean returned;
} Window;

static void window_request (GTask *task);

static void
window_free (gpointer data)
{
  Window *window = data;

  vlive_query_unref (window->query);
  g_free (window->validator);
  g_free (window->path);
  g_ptr_array_unref (window->params);
  g_ptr_array_unref (window->records);
  g_clear_pointer (&window->places, g_hash_table_unref);
  g_free (window->etag);
  g_free (window->url);
  g_ptr_array_unref (window->diagnostics);
  g_assert (window->cancelled == NULL);
  g_free (window);
}

void
_vlive_held_set_free (VliveHeldSet *self)
{
  g_free (self->key);
  g_free (self->etag);
  g_ptr_array_unref (self->records);
  g_strfreev (self->diagnostics);
  g_free (self);
}

static void
window_fail (GTask *task, GError *error)
{
  Window *window = g_task_get_task_data (task);

  window->returned = TRUE;
  g_task_return_error (task, error);
}

/* What is odd about the last answer. */
static void
window_tell (Window *window, const char *what)
{
  g_ptr_array_add (window->diagnostics, g_strdup_printf ("%s: %s", window->url, what));
}

/* What the total is worth, from what was stated and what was seen. */
static VliveTotalKind
window_get_total (Window *window, guint64 *total)
{
  guint64 seen =
      window->limit == 0 ? window->records->len : window->offset + window->n_rows;

  *total = window->total;
  if (window->kind == VLIVE_TOTAL_EXACT
      && (window->total >= seen || window->n_rows == 0))
    return VLIVE_TOTAL_EXACT;
  if (window->kind == VLIVE_TOTAL_EXACT)
    {
      g_autofree char *what =
          g_strdup_printf ("The server says that there are %" G_GUINT64_FORMAT
                           " rows, and sent more",
                           window->total);

      window_tell (window, what);
    }
  *total = window->end;
  if (window->end > 0)
    return VLIVE_TOTAL_EXACT;
  if (window->n_rows == 0 && window->offset > 0)
    return VLIVE_TOTAL_UNKNOWN;
  *total = seen;

  return window->ended ? VLIVE_TOTAL_EXACT : VLIVE_TOTAL_AT_LEAST;
}

static void
window_finish (GTask *task)
{
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);
  guint64 total;
  VliveTotalKind kind = window_get_total (window, &total);
  VlivePage *page = vlive_page_new (window->offset, window->limit,
                                    (VliveRecord *const *) window->records->pdata,
                                    window->records->len, kind, total);

  page->fetched_at = window->asked_at;
  if (window->n_requests == 1 && self->profile->conditional)
    _vlive_page_set_validator (page, window->etag);
  _vlive_page_set_diagnostics (page, window->diagnostics);
  window->returned = TRUE;
  g_task_return_pointer (task, page, (GDestroyNotify) vlive_page_unref);
}

static void
window_add_record (Window *window, VliveRecord *record)
{
  const char *id = vlive_record_get_id (record);
  gpointer place;

  /* Rows that moved between two requests; within one answer there are none. */
  if (window->places != NULL && vlive_record_is_addressable (record)
      && g_hash_table_lookup_extended (window->places, id, NULL, &place))
    {
      vlive_record_unref (window->records->pdata[GPOINTER_TO_UINT (place)]);
      window->records->pdata[GPOINTER_TO_UINT (place)] = vlive_record_ref (record);
      return;
    }
  g_ptr_array_add (window->records, vlive_record_ref (record));
  if (window->places != NULL)
    g_hash_table_insert (window->places, g_strdup (id),
                         GUINT_TO_POINTER (window->records->len - 1));
}

static void
window_index (Window *window)
{
  if (window->places != NULL || window->n_requests < 2)
    return;
  window->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < window->records->len; i++)
    g_hash_table_insert (window->places,
                         g_strdup (vlive_record_get_id (window->records->pdata[i])),
                         GUINT_TO_POINTER (i));
}

/* Those rows of an answer that begins at @start which the window wants. */
static void
window_take (Window *window, GPtrArray *records, guint64 start)
{
  guint64 next = window->offset + window->n_rows;
  guint64 end = window->limit == 0 ? G_MAXUINT64 : window->offset + window->limit;
  guint before = window->records->len;
  guint n_taken = 0;

  window_index (window);
  for (guint i = 0; i < records->len; i++)
    if (start + i >= next && start + i < end)
      {
        window_add_record (window, records->pdata[i]);
        n_taken++;
      }
  window->n_rows += n_taken;
  if (window->records->len < before + n_taken)
    window_tell (window, "Rows moved while they were read in several steps");
}

/* A page-only server that gives fewer rows than were asked for counts its
 * pages in those: what it sent stands elsewhere, unless it is the first. */
static gboolean
window_shrink (VliveRestMaster *self, Window *window, guint n_rows)
{
  window->size = n_rows;
  window->smaller = n_rows;
  window->short_end = window->asked_offset + n_rows;

  return self->profile->paging == VLIVE_PAGING_PAGE && window->asked_offset > 0;
}

/* TRUE if the rows of @answer are where they were asked for. */
static gboolean
window_place (VliveRestMaster *self, Window *window, VliveRestAnswer *answer)
{
  guint64 end = window->asked_offset + answer->n_rows;
  gboolean said_more = window->kind == VLIVE_TOTAL_EXACT && window->total > end;

  /* Rows where the short answer ended: it was short because of a bound. */
  if (window->smaller > 0 && end > window->short_end)
    _vlive_rest_learn_max_page (self, window->smaller);
  if (window->asked_limit == 0)
    {
      /* Everything was asked for, and the server says that there is more. */
      window->ended = !said_more || self->profile->paging == VLIVE_PAGING_NONE
                      || answer->n_rows == 0;
      if (!window->ended)
        window->size = answer->n_rows;
      return TRUE;
    }
  if (answer->n_rows >= window->asked_limit)
    {
      window->ended = window->kind == VLIVE_TOTAL_EXACT && window->total == end;
      return TRUE;
    }
  if (answer->n_rows == 0 || !said_more)
    {
      window->ended = TRUE;
      if (answer->n_rows > 0)
        window->end = end;
      return TRUE;
    }

  return !window_shrink (self, window, answer->n_rows);
}

static void
window_hold (VliveRestMaster *self, Window *window, VliveRestAnswer *answer)
{
  g_clear_pointer (&self->held, _vlive_held_set_free);
  if (window->etag == NULL || window->body_size > MAX_HELD)
    return;
  self->held = g_new0 (VliveHeldSet, 1);
  self->held->key = g_strdup (vlive_query_get_key (window->query));
  self->held->etag = g_strdup (window->etag);
  self->held->records = g_ptr_array_ref (answer->records);
  g_ptr_array_add (answer->diagnostics, NULL);
  self->held->diagnostics = g_strdupv ((char **) answer->diagnostics->pdata);
  g_ptr_array_remove_index (answer->diagnostics, answer->diagnostics->len - 1);
}

/* From the whole set of a server without paging. */
static void
window_slice (Window *window, GPtrArray *records)
{
  window->kind = VLIVE_TOTAL_EXACT;
  window->total = records->len;
  window->ended = TRUE;
  for (guint64 i = window->offset;
       i < records->len && (window->limit == 0 || i < window->offset + window->limit);
       i++)
    g_ptr_array_add (window->records, vlive_record_ref (records->pdata[i]));
  window->n_rows = window->records->len;
}

static gboolean
window_is_full (Window *window)
{
  return window->limit > 0 && window->n_rows >= window->limit;
}

static GError *
window_demote (VliveRestMaster *self, Window *window, VliveClause clause, guint index)
{
  VliveDescription *other;
  const char *column;

  if (clause == VLIVE_CLAUSE_SEARCH)
    {
      other = vlive_description_without (self->description, VLIVE_CAN_SEARCH, 0);
      _vlive_rest_set_description (self, other);
      return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                          "“%s” cannot be searched: the server ignored the text",
                          self->resource);
    }
  if (clause == VLIVE_CLAUSE_SORT)
    {
      column = vlive_query_get_sort_column (window->query, index);
      other = vlive_description_without_sort (self->description, column);
      _vlive_rest_set_description (self, other);
      return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
                          "“%s” cannot be sorted by “%s”: the server did not do it",
                          self->resource, column);
    }
  column = vlive_query_get_condition_column (window->query, index);
  other = vlive_description_without_condition (
      self->description, column,
      vlive_query_get_condition_operator (window->query, index));
  _vlive_rest_set_description (self, other);

  return g_error_new (
      VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED,
      "“%s” cannot be filtered by “%s”: the server ignored the condition and "
      "sent rows that do not match",
      self->resource, column);
}

/* A clause that was advertised and is refused is not asked for again. Of one
 * clause only it is known which; a bad value is no reason to give up a filter. */
static GError *
window_status_error (VliveRestMaster *self, Window *window, VliveHttpAnswer *http)
{
  g_autoptr (GError) error = _vlive_rest_read_error_new (self, http, NULL);
  guint n_conditions = vlive_query_get_n_conditions (window->query);
  guint n_sorts = vlive_query_get_n_sort_keys (window->query);
  gboolean search = vlive_query_get_search (window->query) != NULL;
  VliveClause clause = VLIVE_CLAUSE_CONDITION;
  g_autoptr (GError) refusal = NULL;

  if (http->status != 400 && http->status != 405 && http->status != 422
      && http->status != 501)
    return g_steal_pointer (&error);
  if (n_conditions + n_sorts + search != 1
      || (n_conditions == 1 && http->status != 405 && http->status != 501))
    return g_steal_pointer (&error);
  if (n_conditions == 0)
    clause = search ? VLIVE_CLAUSE_SEARCH : VLIVE_CLAUSE_SORT;
  refusal = window_demote (self, window, clause, 0);

  return g_error_new (VLIVE_ERROR, VLIVE_ERROR_UNSUPPORTED, "%s (%s)", refusal->message,
                      error->message);
}

/* More rows than were asked for: a server that knows no paging sends them all,
 * and one that counts in pages of its own sends those of another place. */
static gboolean
window_is_misplaced (Window *window, VliveRestAnswer *answer)
{
  return window->asked_limit > 0 && answer->n_rows > window->asked_limit
         && window->asked_offset > 0
         && (window->kind != VLIVE_TOTAL_EXACT || window->total != answer->n_rows);
}

static gboolean
window_is_whole (VliveRestMaster *self, Window *window, VliveRestAnswer *answer)
{
  return self->profile->paging == VLIVE_PAGING_NONE
         || (window->n_requests == 1 && window->asked_limit > 0
             && answer->n_rows > window->asked_limit
             && window->kind == VLIVE_TOTAL_EXACT && window->total == answer->n_rows);
}

static void
window_go_on (GTask *task, VliveRestAnswer *answer)
{
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);

  if (window_is_misplaced (window, answer))
    {
      window_fail (task,
                   g_error_new (VLIVE_ERROR, VLIVE_ERROR_INVALID,
                                "%s: The server sent %u rows where %u were asked for: "
                                "its paging is not the one of the profile",
                                answer->url, answer->n_rows, window->asked_limit));
      return;
    }
  if (window_is_whole (self, window, answer))
    {
      window_hold (self, window, answer);
      window_slice (window, answer->records);
    }
  else if (window_place (self, window, answer))
    window_take (window, answer->records, window->asked_offset);
  if (window->ended || window_is_full (window))
    window_finish (task);
  else if (window->n_requests >= MAX_REQUESTS)
    window_fail (task, g_error_new (VLIVE_ERROR, VLIVE_ERROR_TOO_LARGE,
                                    "%s: “%s” does not end after %u requests",
                                    answer->url, self->resource, window->n_requests));
  else
    window_request (task);
}

static void
window_clear_cancelled (Window *window)
{
  if (window->cancelled != NULL)
    g_source_destroy (window->cancelled);
  g_clear_pointer (&window->cancelled, g_source_unref);
}

static void
parsed_cb (VliveRestAnswer *answer, gpointer data)
{
  g_autoptr (GTask) task = data;
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);

  window_clear_cancelled (window);
  if (window->returned)
    return;
  if (!_vlive_rest_check_usable (self, task))
    return;
  if (answer->error != NULL)
    {
      window_fail (task, g_error_copy (answer->error));
      return;
    }
  for (guint i = 0; i < answer->diagnostics->len; i++)
    window_tell (window, answer->diagnostics->pdata[i]);
  if (window->kind == VLIVE_TOTAL_UNKNOWN)
    {
      window->kind = answer->total_kind;
      window->total = answer->total;
    }
  if (answer->ignored != VLIVE_CLAUSE_NONE)
    {
      GError *error =
          window_demote (self, window, answer->ignored, answer->ignored_index);

      g_prefix_error (&error, "%s: ", answer->url);
      window_fail (task, error);
      return;
    }
  _vlive_rest_learn_schema (self, answer);
  window_go_on (task, answer);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;
  VLIVE_METER_SPAN ("rest-cancelled");

  window_fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                          "Operation was cancelled"));

  return G_SOURCE_REMOVE;
}

/* Parsing goes on to its end on the worker; nobody waits for it then. */
static void
window_parse (GTask *task, VliveHttpAnswer *http)
{
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);
  g_autoptr (VliveRestAnswer) answer = _vlive_rest_prepare_answer (self, http, FALSE);

  answer->offset = window->asked_offset;
  answer->profile = vlive_profile_ref (self->profile);
  answer->query = vlive_query_ref (window->query);
  g_free (answer->id_prefix);
  answer->id_prefix = g_strdup (vlive_query_get_key (window->query));
  window->body_size = g_bytes_get_size (http->body);
  if (window->body_size > VLIVE_REST_INLINE_MAX
      && g_task_get_cancellable (task) != NULL)
    {
      window->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
      g_source_set_static_name (window->cancelled, "vlive-rest-cancelled");
      g_source_set_priority (window->cancelled, VLIVE_HTTP_PRIORITY);
      g_source_set_callback (window->cancelled, G_SOURCE_FUNC (cancelled_cb), task,
                             NULL);
      g_source_attach (window->cancelled, self->context);
    }
  _vlive_rest_answer_parse_async (answer, &self->worker, self->context, parsed_cb,
                                  g_object_ref (task));
}

static void
window_read_total (VliveRestMaster *self, Window *window, VliveHttpAnswer *http)
{
  g_autoptr (GPtrArray) odd = g_ptr_array_new_with_free_func (g_free);
  const char *text = NULL;

  if (self->profile->total_header != NULL)
    text = soup_message_headers_get_one (http->headers, self->profile->total_header);
  window->kind = VLIVE_TOTAL_UNKNOWN;
  window->total = 0;
  if (text != NULL)
    window->kind = _vlive_rest_parse_total (text, &window->total, odd);
  for (guint i = 0; i < odd->len; i++)
    window_tell (window, odd->pdata[i]);
}

/* 304: of the page that the caller holds, or of the set that we hold. */
static void
window_not_modified (GTask *task)
{
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);
  VlivePage *page;

  if (window->held && self->held != NULL
      && strcmp (self->held->key, vlive_query_get_key (window->query)) == 0)
    {
      window->etag = g_strdup (self->held->etag);
      for (guint i = 0; self->held->diagnostics[i] != NULL; i++)
        window_tell (window, self->held->diagnostics[i]);
      window_slice (window, self->held->records);
      window_finish (task);
      return;
    }
  /* What we hold under the same validator is what the server still has. */
  if (window->kind == VLIVE_TOTAL_UNKNOWN && self->held != NULL
      && strcmp (self->held->key, vlive_query_get_key (window->query)) == 0
      && g_strcmp0 (self->held->etag, window->validator) == 0)
    {
      window->kind = VLIVE_TOTAL_EXACT;
      window->total = self->held->records->len;
    }
  page = vlive_page_new_not_modified (window->kind, window->total);
  page->fetched_at = window->asked_at;
  page->offset = window->offset;
  page->limit = window->limit;
  _vlive_page_set_validator (page, window->validator);
  _vlive_page_set_diagnostics (page, window->diagnostics);
  window->returned = TRUE;
  g_task_return_pointer (task, page, (GDestroyNotify) vlive_page_unref);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (VliveHttpAnswer) http = NULL;
  VLIVE_METER_SPAN ("rest-window");

  http = _vlive_http_send_finish (VLIVE_HTTP (source), result, &error);
  if (http == NULL)
    {
      window_fail (task, error);
      return;
    }
  g_free (window->url);
  window->url = g_strdup (http->url);
  window_read_total (self, window, http);
  if (http->status == SOUP_STATUS_NOT_MODIFIED
      && (window->held || window->validator != NULL) && window->n_requests == 1)
    window_not_modified (task);
  else if (http->status != SOUP_STATUS_OK)
    window_fail (task, window_status_error (self, window, http));
  else
    {
      g_free (window->etag);
      window->etag = g_strdup (soup_message_headers_get_one (http->headers, "ETag"));
      window_parse (task, http);
    }
}

static void
add_number (GPtrArray *params, const char *name, guint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  _vlive_rest_params_add (params, name, text);
}

/* Which rows the next request asks for, and how. */
static void
window_add_paging (VliveRestMaster *self, Window *window, GPtrArray *params)
{
  VliveProfile *profile = self->profile;
  guint64 next = window->offset + window->n_rows;
  guint64 left = window->limit == 0 ? G_MAXUINT64 : window->limit - window->n_rows;

  window->asked_offset = 0;
  window->asked_limit = 0;
  if (window->size == 0)
    {
      if (profile->paging != VLIVE_PAGING_NONE && profile->whole == VLIVE_WHOLE_ZERO)
        add_number (params, profile->limit_parameter, 0);
      return;
    }
  if (profile->paging == VLIVE_PAGING_PAGE)
    {
      window->asked_offset = next / window->size * window->size;
      window->asked_limit = window->size;
      add_number (params, profile->page_parameter,
                  next / window->size + (guint64) profile->first_page);
    }
  else
    {
      window->asked_offset = next;
      window->asked_limit = (guint) MIN (window->size, left);
      add_number (params, profile->offset_parameter, next);
    }
  add_number (params, profile->limit_parameter, window->asked_limit);
}

static gboolean
window_is_one_request (VliveRestMaster *self, Window *window)
{
  if (window->size == 0)
    return TRUE;
  if (window->limit == 0 || window->size < window->limit)
    return FALSE;

  return self->profile->paging != VLIVE_PAGING_PAGE
         || window->offset % window->size == 0;
}

/* A validator covers one answer: with the first request, and only then. */
static const char *
window_get_validator (VliveRestMaster *self, Window *window)
{
  if (!self->profile->conditional || window->n_requests > 0)
    return NULL;
  if (window->validator != NULL)
    return window_is_one_request (self, window) ? window->validator : NULL;
  if (self->profile->paging != VLIVE_PAGING_NONE || self->held == NULL
      || strcmp (self->held->key, vlive_query_get_key (window->query)) != 0)
    return NULL;
  window->held = TRUE;

  return self->held->etag;
}

static void
window_request (GTask *task)
{
  VliveRestMaster *self = g_task_get_source_object (task);
  Window *window = g_task_get_task_data (task);
  g_autoptr (GPtrArray) params = _vlive_rest_params_new ();
  const char *validator = window_get_validator (self, window);
  VliveHttpRequest *request;

  for (guint i = 0; i + 1 < window->params->len; i += 2)
    _vlive_rest_params_add (params, window->params->pdata[i],
                            window->params->pdata[i + 1]);
  window_add_paging (self, window, params);
  request = _vlive_rest_request_new (self, "GET", window->path, params);
  request->repeatable = TRUE;
  if (validator != NULL)
    _vlive_http_request_add_header (request, "If-None-Match", validator);
  window->n_requests++;
  _vlive_http_send_async (self->http, request, g_task_get_cancellable (task),
                          answered_cb, g_object_ref (task));
}

static guint
get_size (VliveRestMaster *self, guint limit)
{
  guint max_page = vlive_description_get_max_page (self->description);

  if (self->profile->paging == VLIVE_PAGING_NONE)
    return 0;
  if (limit == 0 && self->profile->whole != VLIVE_WHOLE_PAGES && max_page == 0)
    return 0;
  if (limit == 0)
    limit = WHOLE_PAGE;

  return max_page > 0 ? MIN (limit, max_page) : limit;
}

void
_vlive_rest_window_async (VliveRestMaster *self,
                          VliveQuery *query,
                          guint64 offset,
                          guint limit,
                          const char *validator,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Window *window = g_new0 (Window, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, _vlive_rest_window_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, window, window_free);
  window->query = vlive_query_ref (query);
  window->offset = offset;
  window->limit = limit;
  window->validator = g_strdup (validator);
  window->params = _vlive_rest_params_new ();
  window->records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);
  window->diagnostics = g_ptr_array_new_with_free_func (g_free);
  window->asked_at = _vlive_clock_get_real_us (self->clock);
  if (!_vlive_rest_check_usable (self, task))
    return;
  window->size = get_size (self, limit);
  window->path =
      _vlive_rest_dup_list_path (self, vlive_query_get_search (query) != NULL, &error);
  if (window->path == NULL
      || !_vlive_rest_add_query (self->profile, query, window->params, &error))
    window_fail (task, error);
  else
    window_request (task);
}

VlivePage *
_vlive_rest_window_finish (VliveRestMaster *self, GAsyncResult *result, GError **error)
{
  g_assert (g_async_result_is_tagged (result, _vlive_rest_window_async));

  return g_task_propagate_pointer (G_TASK (result), error);
}
