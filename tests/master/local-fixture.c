/* local-fixture.c
 *
 * Copyright 2026 The Vlive authors
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "local-fixture.h"

VlivePage *
local_fetch (VliveLocalMaster *master,
             VliveQuery *query,
             guint64 offset,
             guint limit,
             const char *validator,
             GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveQuery) everything = vlive_query_new ();

  vlive_master_fetch_window_async (VLIVE_MASTER (master),
                                   query != NULL ? query : everything, offset, limit,
                                   validator, NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_fetch_window_finish (VLIVE_MASTER (master), result, error);
}

char *
local_page_ids (VlivePage *page)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < vlive_page_get_n_records (page); i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "",
                            vlive_record_get_id (vlive_page_get_record (page, i)));

  return g_string_free (ids, FALSE);
}

char *
local_ids (VliveLocalMaster *master, VliveQuery *query, guint64 offset, guint limit)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VlivePage) page = local_fetch (master, query, offset, limit, NULL, &error);

  g_assert_no_error (error);

  return local_page_ids (page);
}

VliveRecord *
local_get (VliveLocalMaster *master, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_fetch_record_async (VLIVE_MASTER (master), id, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_fetch_record_finish (VLIVE_MASTER (master), result, error);
}

guint64
local_count (VliveLocalMaster *master, VliveQuery *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (VliveQuery) everything = vlive_query_new ();
  g_autoptr (GError) error = NULL;
  guint64 total = 0;

  vlive_master_count_async (VLIVE_MASTER (master), query != NULL ? query : everything,
                            NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);
  g_assert_cmpint (vlive_master_count_finish (VLIVE_MASTER (master), result, &total,
                                              &error),
                   ==, VLIVE_TOTAL_EXACT);
  g_assert_no_error (error);

  return total;
}

VliveReply *
local_write (VliveLocalMaster *master, VliveWrite *write, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_apply_async (VLIVE_MASTER (master), write, NULL, vlive_test_result_cb,
                            &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_apply_finish (VLIVE_MASTER (master), result, error);
}

VliveReply *
local_apply (VliveLocalMaster *master,
             VliveWriteOp op,
             const char *id,
             VliveRecord *fields,
             GError **error)
{
  g_autoptr (VliveWrite) write = vlive_write_new (op, id, fields);

  return local_write (master, write, error);
}

void
local_do (VliveLocalMaster *master, VliveWriteOp op, const char *id, const char *fields)
{
  g_autoptr (VliveRecord) record = fields != NULL ? local_fields (NULL, fields) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VliveReply) reply = local_apply (master, op, id, record, &error);

  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

gboolean
local_replace_all (VliveLocalMaster *master, GPtrArray *records, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_local_master_replace_all_async (master, (VliveRecord *const *) records->pdata,
                                        records->len, NULL, vlive_test_result_cb,
                                        &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_local_master_replace_all_finish (master, result, error);
}

VliveDescription *
local_describe (VliveLocalMaster *master, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vlive_master_describe_async (VLIVE_MASTER (master), NULL, vlive_test_result_cb,
                               &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_master_describe_finish (VLIVE_MASTER (master), result, error);
}

static void
log_read (VliveLocalJob *job, const GError *error)
{
  g_assert_no_error (error);
  *(GPtrArray **) job->owner = g_steal_pointer (&((VliveLocalReadJob *) job)->events);
}

GPtrArray *
local_read_log (VliveLocalMaster *master, guint64 since)
{
  GPtrArray *events = NULL;
  VliveLocalReadJob *job =
      _vlive_local_read_job_new (VLIVE_LOCAL_LOG_SINCE,
                                 _vlive_local_master_get_table (master));

  job->since = since;
  job->job.done = log_read;
  job->job.owner = &events;
  _vlive_local_file_run (_vlive_local_master_get_file (master), &job->job,
                         VLIVE_LOCAL_READ, NULL);
  VLIVE_TEST_WAIT (events != NULL);

  return events;
}

VliveRecord *
local_fields (const char *id, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = NULL;
  VliveRecord *record;

  variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  record = vlive_record_new_from_variant (id, variant, &error);
  g_assert_no_error (error);

  return record;
}

GPtrArray *
local_seed (void)
{
  GPtrArray *records =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vlive_record_unref);

  g_ptr_array_add (records,
                   local_fields ("a", "{'name': <'Apple Pie'>, 'price': <12>}"));
  g_ptr_array_add (records, local_fields ("b", "{'name': <'Brioche'>, 'price': <8>}"));
  g_ptr_array_add (records,
                   local_fields ("c", "{'name': <'Cinnamon Roll'>, 'price': <15>}"));

  return records;
}

static GVariant *
parse_value (const char *text)
{
  gint64 integer;
  double real;
  char *end;

  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
    return g_variant_new_int64 (integer);
  real = g_ascii_strtod (text, &end);
  if (*text != '\0' && *end == '\0')
    return g_variant_new_double (real);
  if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
    return g_variant_new_boolean (text[0] == 't');

  return g_variant_new_string (text);
}

/* "1|2|x": for the operator `in`. */
static GVariant *
parse_values (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; parts[i] != NULL; i++)
    g_variant_builder_add (&builder, "v", parse_value (parts[i]));

  return g_variant_builder_end (&builder);
}

static void
add_sorts (VliveQuery **query, const char *text)
{
  g_auto (GStrv) keys = g_strsplit (text, ",", -1);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      gboolean descending = keys[i][0] == '-';
      VliveQuery *next =
          vlive_query_with_sort (*query, keys[i] + descending, descending);

      vlive_query_unref (*query);
      *query = next;
    }
}

static void
add_condition (VliveQuery **query, const char *text)
{
  static const struct
  {
    const char *text;
    VliveOperator op;
  } operators[] = {
    { "!=", VLIVE_OPERATOR_NOT_EQUAL },
    { "<=", VLIVE_OPERATOR_LESS_EQUAL },
    { ">=", VLIVE_OPERATOR_GREATER_EQUAL },
    { "<", VLIVE_OPERATOR_LESS },
    { ">", VLIVE_OPERATOR_GREATER },
    { "~", VLIVE_OPERATOR_CONTAINS },
    { "@", VLIVE_OPERATOR_IN },
    { "?", VLIVE_OPERATOR_IS_NULL },
    { "=", VLIVE_OPERATOR_EQUAL },
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    {
      const char *at = strstr (text, operators[i].text);
      g_autofree char *column = NULL;
      GVariant *value = NULL;
      VliveQuery *next;

      if (at == NULL)
        continue;
      column = g_strndup (text, (gsize) (at - text));
      at += strlen (operators[i].text);
      if (operators[i].op == VLIVE_OPERATOR_IN)
        value = parse_values (at);
      else if (operators[i].op != VLIVE_OPERATOR_IS_NULL)
        value = parse_value (at);
      next =
          vlive_query_with_condition (*query, column, operators[i].op, value, &error);
      g_assert_no_error (error);
      vlive_query_unref (*query);
      *query = next;
      return;
    }
  g_assert_not_reached ();
}

VliveQuery *
local_query (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);
  VliveQuery *query = vlive_query_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_str_has_prefix (parts[i], "sort="))
        add_sorts (&query, parts[i] + 5);
      else if (g_str_has_prefix (parts[i], "search="))
        {
          VliveQuery *next = vlive_query_with_search (query, parts[i] + 7);

          vlive_query_unref (query);
          query = next;
        }
      else if (parts[i][0] != '\0')
        add_condition (&query, parts[i]);
    }

  return query;
}

/* A look into the file, on the reader. */
typedef struct
{
  VliveLocalJob job;
  const char *table;
  LocalStats stats;
  guint n_orders;
  gboolean check;
  gboolean done;
} LookJob;

static guint64
count_doomed (VliveTxn *txn)
{
  VliveCursor *cursor = _vlive_cursor_new (txn, VLIVE_LOCAL_META);
  VliveSpan key;
  VliveSpan value;
  guint64 n = 0;
  gboolean found;

  for (found = _vlive_cursor_seek (cursor, VLIVE_SPAN ("x", 1), &key, &value);
       found && key.data[0] == 'x'; found = _vlive_cursor_next (cursor, &key, &value))
    n++;

  return n;
}

/* The numbers of the kept orders, as the format says. */
static void
check_orders (LookJob *self, VliveTxn *txn, VliveLocalTable *table)
{
  VliveLocalKey key;
  VliveSpan span;

  _vlive_local_table_part_key (&key, 'o', table->record.id);
  self->n_orders = 0;
  if (!_vlive_txn_get_sealed (txn, VLIVE_LOCAL_TABLES, VLIVE_LOCAL_SPAN (&key), &span))
    return;
  self->n_orders = (guint) (span.size / VLIVE_LOCAL_ORDER_LINE_SIZE);
  for (guint i = 0; i < self->n_orders; i++)
    {
      g_autoptr (VliveLocalIndex) index = NULL;
      VliveLocalOrderLine line;

      _vlive_local_order_line_decode (&line,
                                      span.data + i * VLIVE_LOCAL_ORDER_LINE_SIZE);
      index = _vlive_local_index_load (txn, line.order, FALSE);
      g_assert_nonnull (index);
      g_assert_true (_vlive_local_index_check (index));
    }
}

static gboolean
look_run (VliveLocalJob *job, VliveTxn *txn, GError **error)
{
  LookJob *self = (LookJob *) job;

  self->stats.rows = _vlive_txn_count (txn, VLIVE_LOCAL_ROWS);
  self->stats.ids = _vlive_txn_count (txn, VLIVE_LOCAL_IDS);
  self->stats.generations = _vlive_txn_count (txn, VLIVE_LOCAL_GENERATIONS);
  self->stats.orders = _vlive_txn_count (txn, VLIVE_LOCAL_ORDERS);
  self->stats.layouts = _vlive_txn_count (txn, VLIVE_LOCAL_LAYOUTS);
  self->stats.writes = _vlive_txn_count (txn, VLIVE_LOCAL_WRITES);
  self->stats.log = _vlive_txn_count (txn, VLIVE_LOCAL_LOG);
  self->stats.doomed = count_doomed (txn);
  if (self->check)
    {
      g_auto (VliveLocalTable) table = { 0 };
      VliveLocalIndex *natural;

      g_assert_true (
          _vlive_local_table_open (&table, job->file, txn, self->table, error));
      natural = _vlive_local_table_get_natural (&table, error);
      g_assert_nonnull (natural);
      g_assert_true (_vlive_local_index_check (natural));
      g_assert_cmpuint (_vlive_local_index_get_n_rows (natural), ==,
                        table.record.n_rows);
      check_orders (self, txn, &table);
    }

  return TRUE;
}

static void
look_done (VliveLocalJob *job, const GError *error)
{
  LookJob *self = (LookJob *) job;

  g_assert_no_error (error);
  self->done = TRUE;
}

static void
look_free (VliveLocalJob *job)
{
}

static void
look (VliveLocalMaster *master, LookJob *self)
{
  self->job.run = look_run;
  self->job.done = look_done;
  self->job.free = look_free;
  self->table = _vlive_local_master_get_table (master);
  _vlive_local_file_run (_vlive_local_master_get_file (master), &self->job,
                         VLIVE_LOCAL_READ, NULL);
  VLIVE_TEST_WAIT (self->done);
}

void
local_stats (VliveLocalMaster *master, LocalStats *stats)
{
  LookJob self = { 0 };

  look (master, &self);
  *stats = self.stats;
}

static gboolean
is_swept (gpointer data)
{
  LocalStats stats;

  local_stats (data, &stats);

  return stats.doomed == 0;
}

void
local_wait_swept (VliveLocalMaster *master)
{
  g_assert_true (vlive_test_wait (is_swept, master));
}

void
local_check (VliveLocalMaster *master, guint *n_orders)
{
  LookJob self = { .check = TRUE };

  look (master, &self);
  if (n_orders != NULL)
    *n_orders = self.n_orders;
}

gint64
local_import (VliveLocalMaster *master,
              const char *path,
              VliveImportFormat format,
              gboolean replace,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  vlive_local_master_import_async (master, file, format, replace, NULL, NULL, NULL,
                                   NULL, vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_local_master_import_finish (master, result, error);
}

gint64
local_export (VliveLocalMaster *master,
              const char *path,
              VliveImportFormat format,
              GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  vlive_local_master_export_async (master, file, format, NULL, NULL, NULL, NULL,
                                   vlive_test_result_cb, &result);
  VLIVE_TEST_WAIT (result != NULL);

  return vlive_local_master_export_finish (master, result, error);
}
